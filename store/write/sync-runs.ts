import { type Db, sql } from '../database.ts';

/** What a page, or a run, did. */
export interface SyncCounts {
  readonly pulled: number;
  readonly changed: number;
  readonly deleted: number;
  readonly rejected: number;
  readonly tombstoned: number;
}

/** Starts a run under an id that the caller made, so that starting twice starts once. */
export async function startSyncRun(db: Db, runId: string, systemId: string, mode: 'full' | 'incremental'): Promise<void> {
  await db.query(sql`
    insert into sync_run (id, linked_system_id, mode) values (${runId}, ${systemId}, ${mode}) on conflict (id) do nothing`);
}

/** Adds what one page did; call it in the page's transaction. */
export async function addToSyncRun(tx: Db, runId: string, counts: SyncCounts): Promise<void> {
  await tx.query(sql`
    update sync_run
       set pulled = pulled + ${counts.pulled}, changed = changed + ${counts.changed}, deleted = deleted + ${counts.deleted},
           rejected = rejected + ${counts.rejected}, tombstoned = tombstoned + ${counts.tombstoned}, pages = pages + 1
     where id = ${runId}`);
}

/** Ends a run that is still running; the first end stands. */
export async function endSyncRun(db: Db, runId: string, state: 'done' | 'failed', errorCode: string | null): Promise<void> {
  await db.query(sql`
    update sync_run set state = ${state}, error_code = ${errorCode}, ended_at = now() where id = ${runId} and state = 'running'`);
}

/** Where a stream stands. */
export interface StreamPosition {
  readonly cursor: { readonly version: number; readonly [key: string]: unknown };
  readonly runId: string;
  readonly done: boolean;
}

/** The saved position of one stream. Index: primary key. */
export async function streamPosition(db: Db, systemId: string, stream: string): Promise<StreamPosition | undefined> {
  const { rows } = await db.query<StreamPosition>(sql`
    select cursor, run_id as "runId", done from sync_cursor where linked_system_id = ${systemId} and stream = ${stream}`);
  return rows[0];
}

/** Saves the position; call it in the transaction that stores the page before it. */
export async function saveStreamPosition(tx: Db, systemId: string, stream: string, position: StreamPosition): Promise<void> {
  await tx.query(sql`
    insert into sync_cursor (linked_system_id, stream, cursor, run_id, done)
    values (${systemId}, ${stream}, ${JSON.stringify(position.cursor)}::jsonb, ${position.runId}, ${position.done})
    on conflict (linked_system_id, stream) do update
       set cursor = excluded.cursor, run_id = excluded.run_id, done = excluded.done, updated_at = now()`);
}
