import { type Db, sql } from '../database.ts';

/** A suppression to carry out or to take back, with the records that it is about. */
export interface SuppressionWork {
  readonly id: string;
  readonly clientId: string;
  readonly purpose: string;
  readonly channel: string;
  readonly attempts: number;
  /** The consent event that allows contact again; null when contact must stop. */
  readonly consentEventId: string | null;
  readonly records: readonly { readonly id: string; readonly kind: 'person' | 'company'; readonly externalId: string }[];
}

/**
 * Claims up to `limit` due suppressions of one linked system, longest waiting first, after `afterId`. Nobody else gets them until the
 * claim is over; the same `claimant` gets them again, so that a retry goes on at once. Indexes: suppression_due, suppression_lift_due.
 */
export async function claimSuppressions(
  tx: Db,
  of: {
    readonly systemId: string;
    readonly claimant: string;
    readonly afterId: string | null;
    readonly limit: number;
    readonly at: Date;
  },
): Promise<SuppressionWork[]> {
  const isFree = sql`(${of.afterId}::uuid is null or s.id > ${of.afterId}::uuid)
               and (s.claimed_until is null or s.claimed_until < ${of.at}::timestamptz or s.claimed_by = ${of.claimant})`;
  const { rows } = await tx.query<SuppressionWork>(sql`
    with stops as materialized (
      select s.id from suppression s
       where s.linked_system_id = ${of.systemId} and s.state = 'due' and s.lifted_at is null and ${isFree}
         and exists (select from client c where c.id = s.client_id and c.state in ('active', 'restricted'))
       order by s.id limit ${of.limit} for update of s skip locked),
    lifts as materialized (
      select s.id from suppression s
       where s.linked_system_id = ${of.systemId} and s.lift_state = 'due' and ${isFree}
         and exists (select from client c where c.id = s.client_id and c.state = 'active')
       order by s.id limit ${of.limit} for update of s skip locked),
    mine as (
      update suppression set claimed_by = ${of.claimant}, claimed_until = ${of.at}::timestamptz + interval '10 minutes'
       where exists (select from linked_system l where l.id = ${of.systemId} and l.state = 'active')
         and id in (select id from (select id from stops union select id from lifts) due order by id limit ${of.limit})
      returning *)
    select m.id, m.client_id as "clientId", m.purpose, m.channel, m.attempts, m.lifted_by as "consentEventId",
           coalesce((select jsonb_agg(jsonb_build_object('id', r.id::text, 'kind', r.kind, 'externalId', r.external_id) order by r.id)
              from source_record r
             where r.client_id = m.client_id and r.linked_system_id = m.linked_system_id and r.kind in ('person', 'company')
               and r.deleted_at is null and (m.lift_state is null or r.id = any(m.applied_to))), '[]') as records
      from mine m order by m.id`);
  return rows;
}

/** Systems in use that have something due. Indexes: suppression_due, suppression_lift_due. */
export async function systemsWithDueSuppressions(db: Db): Promise<string[]> {
  const { rows } = await db.query<{ readonly id: string }>(sql`
    select l.id from linked_system l
     where l.state = 'active' and (
       exists (select from suppression s join client c on c.id = s.client_id and c.state in ('active', 'restricted')
                where s.linked_system_id = l.id and s.state = 'due' and s.lifted_at is null)
       or exists (select from suppression s join client c on c.id = s.client_id and c.state = 'active'
                   where s.linked_system_id = l.id and s.lift_state = 'due'))
     order by 1`);
  return rows.map(({ id }) => id);
}

/** What one write into a linked system is about. */
export interface Act {
  readonly recordId: string;
  readonly purpose: string;
  readonly channel: string;
}

const actLines = (acts: readonly Act[]): string =>
  JSON.stringify(acts.map(({ recordId, purpose, channel }) => ({ record: recordId, purpose, channel })));

/** A record that its system had confirmed as suppressed and that it allows again. */
export interface DriftedAct {
  readonly clientId: string;
  readonly systemId: string;
  readonly purpose: string;
  readonly channel: string;
}

/**
 * Notes, before the call, that Ficha is about to suppress: what the system then says of it is an echo. What was confirmed before and has
 * to be suppressed again drifted; it is noted once, by whoever finds it first.
 * @param acts no two the same, each on a record that its system does not show as suppressed
 */
export async function beginActs(tx: Db, acts: readonly Act[], at: Date): Promise<readonly DriftedAct[]> {
  const { rows } = await tx.query<DriftedAct>(sql`
    with x as materialized (
      select * from jsonb_to_recordset(${actLines(acts)}::jsonb) as x(record bigint, purpose text, channel text)),
    drifted as (
      insert into consent_drift (client_id, linked_system_id, purpose, channel, found_at)
      select distinct r.client_id, r.linked_system_id, x.purpose, x.channel, ${at}::timestamptz
        from x
        join suppression_act a on a.source_record_id = x.record and a.purpose = x.purpose and a.channel = x.channel
                              and a.confirmed_at is not null and a.ended_at is null
        join source_record r on r.id = x.record and r.client_id is not null
      returning client_id, linked_system_id, purpose, channel),
    begun as (
      insert into suppression_act as a (source_record_id, purpose, channel, started_at)
      select x.record, x.purpose, x.channel, ${at}::timestamptz from x
      on conflict (source_record_id, purpose, channel) do update
         set started_at = excluded.started_at, confirmed_at = null, ended_at = null, seen_at = null
       where a.ended_at is not null or a.confirmed_at is not null)
    select client_id as "clientId", linked_system_id as "systemId", purpose, channel from drifted`);
  return rows;
}

/** Notes that each was read back suppressed, or allowed again. */
export async function endActs(db: Db, acts: readonly Act[], ended: boolean, at: Date): Promise<void> {
  const column = ended ? sql`ended_at` : sql`confirmed_at`;
  await db.query(sql`
    update suppression_act a set ${column} = coalesce(a.${column}, ${at}::timestamptz)
      from jsonb_to_recordset(${actLines(acts)}::jsonb) as x(record bigint, purpose text, channel text)
     where a.source_record_id = x.record and a.purpose = x.purpose and a.channel = x.channel`);
}

/** Whether it is still to be taken back: the person may have said no again in between, or be restricted. */
export async function isStillLifted(db: Db, id: string): Promise<boolean> {
  const { rowCount } = await db.query(sql`
    select from suppression s join client c on c.id = s.client_id and c.state = 'active' where s.id = ${id} and s.lift_state = 'due'`);
  return rowCount > 0;
}

/** How a suppression, or taking it back, ended in its system. */
export interface SuppressionOutcome {
  readonly state: 'due' | 'applied' | 'refused' | 'unsupported' | 'absent' | 'failed';
  readonly detail: string | null;
  /** Records that were read back as ordered. */
  readonly done: readonly string[];
}

/** A suppression, or taking it back, and how it ended. */
export interface Settled {
  readonly work: SuppressionWork;
  readonly outcome: SuppressionOutcome;
}

/**
 * Notes what the system said when it was read back, and frees the claims. A record that came to the client meanwhile keeps it due; a yes
 * that came meanwhile makes it due to be taken back; a no that came meanwhile is not overwritten by the end of an older lift.
 */
export async function settleSuppressions(tx: Db, settled: readonly Settled[], at: Date): Promise<void> {
  const lines = JSON.stringify(
    settled.map(({ work, outcome }) => ({
      id: work.id,
      lift: work.consentEventId !== null,
      state: outcome.state,
      detail: outcome.detail,
      done: outcome.done,
      known: work.records.map(({ id }) => id),
    })),
  );
  await tx.query(sql`
    with lines as materialized (
      select * from jsonb_to_recordset(${lines}::jsonb)
        as x(id uuid, lift boolean, state text, detail text, done bigint[], known bigint[]))
    update suppression s
       set claimed_by = null, claimed_until = null,
           state = case when x.lift then s.state when exists (
             select from source_record r
              where r.client_id = s.client_id and r.linked_system_id = s.linked_system_id and r.kind in ('person', 'company')
                and r.deleted_at is null and not r.id = any(x.known))
             then 'due' else x.state end,
           lift_state = case
             when x.lift then case when s.lift_state = 'due' then x.state else s.lift_state end
             when s.lifted_by is not null and s.purpose <> '*' and x.done <> '{}' then 'due' end,
           applied_to = case when x.lift then s.applied_to else x.done end,
           detail = case when x.lift and s.lift_state is distinct from 'due' then s.detail else x.detail end,
           attempts = s.attempts + case when x.lift and s.lift_state is distinct from 'due' then 0 else 1 end,
           read_back_at = case when x.state = 'due' or x.lift and s.lift_state is distinct from 'due' then s.read_back_at
                               else ${at}::timestamptz end
      from lines x where s.id = x.id`);
}

/** Gives back what a claimant did not come to. */
export async function freeClaims(db: Db, claimant: string): Promise<void> {
  await db.query(sql`update suppression set claimed_by = null, claimed_until = null where claimed_by = ${claimant}`);
}

/** Withdraws the tasks about suppressions that were confirmed after all. Index: review_task open by subject. */
export async function withdrawConsentTasks(tx: Db, suppressionIds: readonly string[]): Promise<void> {
  await tx.query(sql`
    update review_task set state = 'withdrawn', settled_at = now(), settled_by = 'ficha'
     where kind = 'consent' and subject_key = any(${[...suppressionIds]}::text[]) and state = 'open'`);
}
