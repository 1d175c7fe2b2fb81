import { type Db, sql } from '../database.ts';

/** What the projection of one queued record needs; `clientId` null when it must not be counted (any more). */
export interface QueuedProjection {
  readonly sourceRecordId: string;
  readonly clientId: string | null;
  readonly linkedSystemId: string;
  readonly kind: string;
  readonly month: string;
  readonly channel: string | null;
  readonly country: string | null;
  readonly amountCents: string | null;
  readonly currency: string | null;
}

/**
 * Takes up to `limit` queued records with what they look like now, and holds them until the transaction ends; another drain skips
 * them. Records that are gone, and those of clients that are not active, come with `clientId` null.
 */
export async function takeProjections(tx: Db, limit: number): Promise<QueuedProjection[]> {
  const { rows } = await tx.query<QueuedProjection>(sql`
    with taken as (
      select source_record_id from projection_queue order by source_record_id limit ${limit} for update skip locked)
    select t.source_record_id as "sourceRecordId", c.id as "clientId",
           coalesce(s.linked_system_id, i.linked_system_id, '') as "linkedSystemId",
           coalesce(s.sale_kind, i.interaction_kind, 'gone') as kind,
           to_char(coalesce(s.at, i.at, 'epoch'::timestamptz) at time zone 'UTC', 'YYYY-MM-01') as month,
           coalesce(s.channel, i.channel) as channel, c.country,
           case when s.status in ('draft', 'refused', 'cancelled') then 0 else s.amount_cents end as "amountCents", s.currency
      from taken t
      left join source_record r on r.id = t.source_record_id and r.deleted_at is null
      left join sale s on s.source_record_id = r.id
      left join interaction i on i.source_record_id = r.id
      left join client c on c.id = coalesce(s.client_id, i.client_id) and c.state = 'active'
     order by t.source_record_id`);
  return rows;
}

/** Takes records off the queue once ClickHouse holds them. */
export async function projectionsDone(tx: Db, sourceRecordIds: readonly string[]): Promise<void> {
  await tx.query(sql`delete from projection_queue where source_record_id = any(${[...sourceRecordIds]}::bigint[])`);
}
