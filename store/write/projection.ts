import { FichaError } from '../../domain/record/error.ts';
import { type Db, sql } from '../database.ts';

/** What the profile of one queued client needs; `counted` false when it is gone, not active, or objects to profiling. */
export interface QueuedClient {
  readonly clientId: string;
  readonly counted: boolean;
  readonly since: string;
  readonly country: string | null;
  readonly sector: string | null;
  readonly acquisitionSource: string | null;
  readonly birthDate: string | null;
  readonly consentSince: string | null;
  readonly optedOutSince: string | null;
}

/** Versions from one to before another, both as text: 64 bits. */
export interface VersionRange {
  readonly from: string;
  readonly before: string;
}

/** A batch that is about to be written. */
export interface ProjectionClaim {
  readonly owner: string;
}

/** Notes, before anything is written, that a batch begins; whatever one before it that never ended wrote is unsure. */
export async function claimProjection(tx: Db): Promise<ProjectionClaim> {
  const { rows } = await tx.query<ProjectionClaim>(sql`
    update projection_state set owner = uuidv7(), since = (select last_value + is_called::integer from projection_version),
           unsure_versions = unsure_versions + case when owner is null then '{}' else int8multirange(int8range(since, null)) end
    returning owner`);
  const [claim] = rows;
  if (claim === undefined) throw new FichaError('epoch-missing', 'the row of projection_state is gone; restore it from a backup');
  return claim;
}

/** Versions under which ClickHouse may hold rows that no transaction noted: none newer than now, when every other batch has ended. */
export async function unsureVersions(tx: Db): Promise<readonly VersionRange[]> {
  const { rows } = await tx.query<VersionRange>(sql`
    select coalesce(lower(r), 0)::text as from, upper(r)::text as before
      from projection_state s cross join projection_version v
     cross join lateral unnest(s.unsure_versions * int8multirange(int8range(null, v.last_value, '[]'))) r`);
  return rows;
}

/**
 * Ends a claim, in the transaction of its batch; what was unsure stays so until the queue is drained, and what another may have begun to
 * write since.
 */
export async function endClaim(
  tx: Db,
  { owner }: ProjectionClaim,
  unsure: readonly VersionRange[],
  drained: boolean,
): Promise<void> {
  const left = drained ? [] : unsure.map(({ from, before }) => `[${from},${before})`);
  await tx.query(sql`
    update projection_state set owner = nullif(owner, ${owner}::uuid),
           unsure_versions = ${`{${left.join(',')}}`}::int8multirange
             + unsure_versions * int8multirange(int8range((select last_value from projection_version), null, '()'))`);
}

/** What a turn at the queues is taken under. */
export interface ProjectionTurn {
  readonly epoch: number;
  /** Everything is being brought again under new pseudonyms. */
  readonly rebuilding: boolean;
}

/** Waits for the batch that is being written, and lets none begin until the transaction ends. */
export async function holdProjection(tx: Db): Promise<void> {
  await tx.query(sql`select pg_advisory_xact_lock(hashtext('ficha-projection'))`);
}

/**
 * Begins one turn: waits for the turn before it, so that versions grow in the order in which the truth was read, and keeps a rebuild
 * from starting until the transaction ends.
 */
export async function beginProjection(tx: Db): Promise<ProjectionTurn> {
  await holdProjection(tx);
  await tx.query(sql`set local work_mem = '64MB'`); // a batch is joined with everything that is known of it
  const { rows } = await tx.query<ProjectionTurn>(sql`
    select number as epoch, state = 'rebuilding' as rebuilding from analytics_epoch for share`);
  const [turn] = rows;
  if (turn === undefined) throw new FichaError('epoch-missing', 'the row of analytics_epoch is gone; restore it from a backup');
  return turn;
}

/** The version of the next batch, larger than of all before. */
export async function projectionVersion(tx: Db): Promise<string> {
  const { rows } = await tx.query<{ version: string }>(sql`select nextval('projection_version') as version`);
  return rows[0]?.version ?? '0';
}

/**
 * Takes up to `limit` queued clients off the queue, with what they look like now. Consent counts from the first answer, an opt-out from
 * the denial that is the last word on its purpose and channel; at equal time the denial wins.
 */
export async function takeClientProjections(
  tx: Db,
  limit: number,
): Promise<{ readonly taken: number; readonly clients: QueuedClient[] }> {
  const { rows: taken } = await tx.query<{ id: string }>(sql`
    delete from client_projection_queue where id in (select id from client_projection_queue order by id limit ${limit})
    returning client_id as id`);
  const ids = [...new Set(taken.map(({ id }) => id))];
  const { rows: clients } = await tx.query<QueuedClient>(sql`
    select w.id as "clientId", c.id is not null as counted,
           to_char(coalesce(least(c.first_seen_at, first_sale.at, first_contact.at), 'epoch'::timestamptz), 'YYYY-MM-01') as since,
           c.country, coalesce(c.golden ->> 'sector', company.golden ->> 'sector') as sector,
           c.acquisition_source as "acquisitionSource", c.golden ->> 'birthDate' as "birthDate",
           to_char(said.known, 'YYYY-MM-01') as "consentSince", to_char(said.denied, 'YYYY-MM-01') as "optedOutSince"
      from unnest(${ids}::uuid[]) as w (id)
      left join client c on c.id = w.id and c.state = 'active' and not c.no_profiling
      left join client company on company.id = c.company_id and company.state = 'active'
      left join lateral (select at from sale where client_id = c.id order by at limit 1) first_sale on true
      left join lateral (select at from interaction where client_id = c.id order by at limit 1) first_contact on true
      left join lateral (
        select min(first) as known, min(at) filter (where answer = 'denied') as denied
          from (select distinct on (e.subject_id, e.purpose, e.channel) e.answer, e.at,
                       min(e.at) over (partition by e.subject_id, e.purpose, e.channel) as first
                  from (select s.id from source_record r join consent_subject s on s.source_record_id = r.id where r.client_id = c.id
                        union select id from consent_subject where left_client_id = c.id) subject
                  join consent_event e on e.subject_id = subject.id and e.answer in ('granted', 'denied')
                 order by e.subject_id, e.purpose, e.channel, e.at desc, (e.answer = 'denied') desc) last) said on true
     order by w.id`);
  return { taken: taken.length, clients };
}

/** Notes which clients ClickHouse holds now; part of the transaction that took them. */
export async function noteProjectedClients(tx: Db, clients: readonly QueuedClient[]): Promise<void> {
  const ids = (counted: boolean) => clients.filter((one) => one.counted === counted).map(({ clientId }) => clientId);
  await tx.query(sql`
    with gone as (delete from projected_client where client_id = any(${ids(false)}::uuid[]) returning client_id),
    come as (insert into projected_client (client_id) select unnest(${ids(true)}::uuid[]) on conflict do nothing returning client_id)
    update projection_state set clients = clients + (select count(*) from come) - (select count(*) from gone)`);
}
