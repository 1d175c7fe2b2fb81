import { type Db, sql } from '../database.ts';

/** How much there is of everything. Counts only. */
export interface OverviewRow {
  readonly linkedSystems: number;
  readonly records: number;
  readonly people: number;
  readonly companies: number;
  readonly mergedRecords: number;
  readonly openReviews: number;
  readonly openRejects: number;
  readonly suppressionsConfirmed: number;
  readonly suppressionsWaiting: number;
  readonly requestsOpen: number;
  readonly requestsClosed: number;
  readonly evidence: number;
}

/** Counts over the whole store, in one statement. Scans; meant for a page, not for a loop. */
export async function overview(db: Db): Promise<OverviewRow> {
  const { rows } = await db.query<OverviewRow>(sql`
    with membership as (
      select client_id, count(*) as records from source_record
       where kind in ('person', 'company') and client_id is not null and deleted_at is null
       group by client_id)
    select (select count(*)::int from linked_system where state <> 'removed') as "linkedSystems",
           (select count(*)::int from source_record where deleted_at is null) as records,
           (select count(*)::int from client where kind = 'person' and state = 'active') as people,
           (select count(*)::int from client where kind = 'company' and state = 'active') as companies,
           (select coalesce(sum(records - 1), 0)::int from membership) as "mergedRecords",
           (select count(*)::int from review_task where state = 'open') as "openReviews",
           (select count(*)::int from rejected_record where replayed_at is null) as "openRejects",
           (select count(*)::int from suppression where state = 'applied' and lifted_at is null) as "suppressionsConfirmed",
           (select count(*)::int from suppression where state = 'due' and lifted_at is null) as "suppressionsWaiting",
           (select count(*)::int from privacy_request where closed_at is null) as "requestsOpen",
           (select count(*)::int from privacy_request where closed_at is not null) as "requestsClosed",
           (select count(*)::int from evidence) as evidence`);
  const row = rows[0];
  if (row === undefined) throw new TypeError('a select without from answers one row');
  return row;
}
