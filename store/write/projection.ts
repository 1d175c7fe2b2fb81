import { FichaError } from '../../domain/record/error.ts';
import { bigints } from '../binary-array.ts';
import { type Db, sql } from '../database.ts';

/** What the projection of one queued record needs; `clientId` null when it must not be counted (any more). */
export interface QueuedProjection {
  readonly sourceRecordId: string;
  readonly clientId: string | null;
  readonly linkedSystemId: string;
  readonly kind: string;
  /** YYYY-MM-01, as every month here. */
  readonly month: string;
  readonly projectedMonth: string | null;
  readonly channel: string | null;
  readonly amountCents: string | null;
  readonly currency: string | null;
  readonly responseMinutes: number | null;
}

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

/** A batch that is about to be written. */
export interface ProjectionClaim {
  readonly owner: string;
  /** A batch before it may have written rows that nobody noted. */
  readonly unsure: boolean;
}

/** Notes, before anything is written, that a batch begins; finds out whether one before it never ended. */
export async function claimProjection(tx: Db): Promise<ProjectionClaim> {
  const { rows } = await tx.query<ProjectionClaim>(sql`
    update projection_state set unsure = unsure or owner is not null, owner = uuidv7() returning owner, unsure`);
  const [claim] = rows;
  if (claim === undefined) throw new FichaError('epoch-missing', 'the row of projection_state is gone; restore it from a backup');
  return claim;
}

/** Ends a claim, in the transaction of its batch; with `drained`, everything that was unsure has been settled. */
export async function endClaim(tx: Db, { owner, unsure }: ProjectionClaim, drained: boolean): Promise<void> {
  if (unsure && drained) await tx.query(sql`update projection_state set unsure = false`);
  await tx.query(sql`update projection_state set owner = null where owner = ${owner}`);
}

/** Epoch and version of one batch. */
export interface ProjectionTurn {
  readonly epoch: number;
  readonly version: string;
  /** Everything is being brought again under new pseudonyms. */
  readonly rebuilding: boolean;
}

/** Waits for the batch that is being written, and lets none begin until the transaction ends. */
export async function holdProjection(tx: Db): Promise<void> {
  await tx.query(sql`select pg_advisory_xact_lock(hashtext('ficha-projection'))`);
}

/**
 * Begins one batch: waits for the batch before it, so that versions grow in the order in which the truth was read, and keeps a rebuild
 * from starting until the transaction ends.
 */
export async function beginProjection(tx: Db): Promise<ProjectionTurn> {
  await holdProjection(tx);
  const { rows } = await tx.query<ProjectionTurn>(sql`
    select number as epoch, nextval('projection_version') as version, state = 'rebuilding' as rebuilding from analytics_epoch for share`);
  const [turn] = rows;
  if (turn === undefined) throw new FichaError('epoch-missing', 'the row of analytics_epoch is gone; restore it from a backup');
  return turn;
}

/**
 * Takes up to `limit` queued records off the queue, with what they look like now, and notes that ClickHouse holds them so: it is told
 * before the transaction ends, and all of it is undone when that fails. With an answer come the messages that it answers. Records that
 * are gone, and those of clients that are not active or object to profiling, come with `clientId` null.
 */
export async function takeProjections(
  tx: Db,
  limit: number,
): Promise<{ readonly taken: number; readonly records: QueuedProjection[] }> {
  const { rows: taken } = await tx.query<{ id: string }>(sql`
    delete from projection_queue where id <= (select max(id) from (select id from projection_queue order by id limit ${limit}) first)
    returning source_record_id as id`);
  const ids = [...new Set(taken.map(({ id }) => id))];
  if (ids.length === 0) return { taken: 0, records: [] };
  // how many ids there are decides the plan: it is read from the parameter
  const { rows: records } = await tx.query<QueuedProjection>(sql`
    with asked as (select unnest(${bigints(ids)}::bigint[]) as id),
    wanted as (
      select id from asked
      union
      select m.source_record_id
        from asked
        join interaction o on o.source_record_id = asked.id and o.direction = 'out'
       cross join lateral (
         select i.source_record_id from interaction i
          where i.client_id = o.client_id and i.direction = 'in' and i.at <= o.at and i.at > o.at - interval '30 days'
          order by i.at desc limit 20) m),
    seen as materialized (
      select w.id as "sourceRecordId", c.id as "clientId", coalesce(s.linked_system_id, i.linked_system_id, '') as "linkedSystemId",
             case when s.status in ('draft', 'refused', 'cancelled') then 'void'
                  else coalesce(s.sale_kind, i.interaction_kind, 'gone') end as kind,
             date_trunc('month', coalesce(s.at, i.at, 'epoch'::timestamptz))::date as month, p.month as "projectedMonth",
             coalesce(s.channel, i.channel, i.interaction_kind) as channel, s.amount_cents as "amountCents", s.currency,
             case when i.direction = 'in' then
               (select least(extract(epoch from o.at - i.at) / 60, 1000000)::integer from interaction o
                 where o.client_id = i.client_id and o.direction = 'out' and o.at >= i.at order by o.at limit 1) end as "responseMinutes"
        from wanted w
        left join source_record r on r.id = w.id and r.deleted_at is null
        left join sale s on s.source_record_id = r.id
        left join interaction i on i.source_record_id = r.id
        left join client c on c.id = coalesce(s.client_id, i.client_id) and c.state = 'active' and not c.no_profiling
        left join projected_record p on p.source_record_id = w.id),
    gone as (
      delete from projected_record p using seen where p.source_record_id = seen."sourceRecordId" and seen."clientId" is null),
    held as (
      insert into projected_record (source_record_id, month)
      select "sourceRecordId", month from seen where "clientId" is not null and month is distinct from "projectedMonth"
      on conflict (source_record_id) do update set month = excluded.month),
    counted as (
      insert into projected_month as m (month, events)
      select month, sum(change) from (
        select month, 1 as change from seen where "clientId" is not null and month is distinct from "projectedMonth"
        union all
        select "projectedMonth", -1 from seen where "clientId" is null or month <> "projectedMonth") changed
       where month is not null group by month
      on conflict (month) do update set events = m.events + excluded.events)
    select * from seen`);
  return { taken: taken.length, records };
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
