import { type Db, prepared, sql, type Tx } from '../database.ts';

/** What a page, or a run, did. */
export interface SyncCounts {
  readonly pulled: number;
  readonly changed: number;
  readonly deleted: number;
  readonly rejected: number;
  readonly tombstoned: number;
}

/** `replay` reads what is kept aside anew; `consent` is a look at what people allow that found something. */
export type RunMode = 'full' | 'incremental' | 'replay' | 'consent';

/** Starts a run under an id that the caller made, so that starting twice starts once. */
export async function startSyncRun(db: Db, runId: string, systemId: string, mode: RunMode): Promise<void> {
  await db.query(sql`
    insert into sync_run (id, linked_system_id, mode) values (${runId}, ${systemId}, ${mode}) on conflict (id) do nothing`);
}

/** Adds what one page did; call it in the page's transaction. */
export function addToSyncRun(tx: Tx, runId: string, counts: SyncCounts): void {
  tx.later(
    prepared(
      'sync-run-add',
      sql`
    update sync_run
       set pulled = pulled + ${counts.pulled}, changed = changed + ${counts.changed}, deleted = deleted + ${counts.deleted},
           rejected = rejected + ${counts.rejected}, tombstoned = tombstoned + ${counts.tombstoned}, pages = pages + 1
     where id = ${runId}`,
    ),
  );
}

/** Ends a run that is still running; the first end stands. */
export async function endSyncRun(db: Db, runId: string, state: 'done' | 'failed', errorCode: string | null): Promise<void> {
  await db.query(sql`
    update sync_run set state = ${state}, error_code = ${errorCode}, ended_at = now() where id = ${runId} and state = 'running'`);
}

/** Forgets the looks at what people allow that found nothing: there is one every few seconds. */
export async function forgetEmptyLooks(db: Db, systemId: string): Promise<void> {
  await db.query(sql`
    delete from sync_run u
     where u.linked_system_id = ${systemId} and u.mode = 'consent' and u.changed = 0 and u.deleted = 0 and u.tombstoned = 0
       and not exists (select from rejected_record j where j.run_id = u.id)`);
}

/** Where a stream stands. */
export interface StreamPosition {
  readonly cursor: { readonly version: number; readonly [key: string]: unknown };
  readonly runId: string;
  readonly done: boolean;
  /** Of the run that saved it; null when that run is forgotten. */
  readonly mode: 'full' | 'incremental' | 'consent' | null;
}

/** The saved position of one stream. Index: primary key. */
export async function streamPosition(db: Db, systemId: string, stream: string): Promise<StreamPosition | undefined> {
  const { rows } = await db.query<StreamPosition>(sql`
    select c.cursor, c.run_id as "runId", c.done, u.mode
      from sync_cursor c left join sync_run u on u.id = c.run_id
     where c.linked_system_id = ${systemId} and c.stream = ${stream}`);
  return rows[0];
}

/** Saves the position; call it in the transaction that stores the page before it. */
export function saveStreamPosition(tx: Tx, systemId: string, stream: string, position: Omit<StreamPosition, 'mode'>): void {
  tx.later(
    prepared(
      'sync-cursor-save',
      sql`
    insert into sync_cursor (linked_system_id, stream, cursor, run_id, done)
    values (${systemId}, ${stream}, ${JSON.stringify(position.cursor)}::jsonb, ${position.runId}, ${position.done})
    on conflict (linked_system_id, stream) do update
       set cursor = excluded.cursor, run_id = excluded.run_id, done = excluded.done, updated_at = now()`,
    ),
  );
}
