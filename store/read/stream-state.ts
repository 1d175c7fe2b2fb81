import { type Db, sql } from '../database.ts';

/** A record that was kept aside. What it held is not shown here: it may be anybody's. */
export interface RejectedRow {
  readonly id: string;
  readonly linkedSystemId: string;
  readonly runId: string;
  readonly stream: string;
  readonly externalId: string | null;
  readonly reasonCode: string;
  readonly reason: string;
  readonly at: string;
}

/** Records kept aside and not replayed yet, newest first; 1 <= limit <= 101. Index: rejected_record_open. */
export async function openRejects(
  db: Db,
  only: { readonly systemId: string | null | undefined; readonly before: string | undefined },
  limit: number,
): Promise<RejectedRow[]> {
  const { rows } = await db.query<RejectedRow>(sql`
    select id, linked_system_id as "linkedSystemId", run_id as "runId", stream, external_id as "externalId",
           reason_code as "reasonCode", reason, at
      from rejected_record
     where replayed_at is null
       and (${only.systemId ?? null}::text is null or linked_system_id = ${only.systemId ?? null})
       and (${only.before ?? null}::bigint is null or id < ${only.before ?? null}::bigint)
     order by id desc limit ${limit}`);
  return rows;
}

/** How far one stream of one linked system has been read. The cursor itself is the connector's and is not shown. */
export interface CursorRow {
  readonly stream: string;
  readonly done: boolean;
  readonly updatedAt: string;
  readonly lagSeconds: number;
}

/** Streams of one linked system with how long ago their cursor moved. Index: sync_cursor primary key. */
export async function cursorsOf(db: Db, systemId: string): Promise<CursorRow[]> {
  const { rows } = await db.query<CursorRow>(sql`
    select stream, done, updated_at as "updatedAt", greatest(0, extract(epoch from now() - updated_at))::int as "lagSeconds"
      from sync_cursor where linked_system_id = ${systemId} order by stream limit 100`);
  return rows;
}

/** How many active clients a flag of `client_flags` holds of. */
export interface FlagRow {
  readonly flag: string;
  readonly clients: number;
  readonly share: number;
}

/** What is wrong with the data of all active clients, as counts. Scans; for a page, not for a loop. */
export async function flagCounts(db: Db): Promise<FlagRow[]> {
  const { rows } = await db.query<FlagRow>(sql`
    with flagged as (select f.flag from client c cross join lateral unnest(client_flags(c.id)) f(flag) where c.state = 'active'),
    everybody as (select count(*) as n from client where state = 'active')
    select flag, count(*)::int as clients, round(count(*)::numeric / greatest(1, (select n from everybody)), 4)::float8 as share
      from flagged group by flag order by clients desc, flag`);
  return rows;
}
