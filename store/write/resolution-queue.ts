import { bigints } from '../binary-array.ts';
import { type Db, prepared, sql, type Tx } from '../database.ts';
import { type ComparableRow, comparableColumns } from '../read/match.ts';

/** Only one writes keys at a time, so that whether a block grew too large is counted right. Held until the transaction ends. */
export function holdKeys(tx: Tx): void {
  tx.later(prepared('resolution-hold-keys', sql`select pg_advisory_xact_lock(hashtext('ficha-match-keys'))`));
}

/**
 * Has every statement of this transaction planned for the size that its tables have now, and for as many values as it is given. A plan that
 * a connection keeps from when a table was small reads all of it, until PostgreSQL looks at the table again: in a first load that is late.
 */
export function planAnew(tx: Tx): void {
  tx.later(sql`set local plan_cache_mode = force_custom_plan`);
}

/** Only one waits for records that others hold: two could wait for each other. Held until the transaction ends. */
export async function holdPatience(tx: Db): Promise<void> {
  await tx.query(prepared('resolution-hold-patience', sql`select pg_advisory_xact_lock(hashtext('ficha-resolution'))`));
}

/** A row of the queue. */
export interface Queued {
  readonly queueId: string;
  readonly recordId: string;
}

/** Up to `limit` rows whose records' keys are still to be written, oldest first; a record may be in more than one. */
export async function unpreparedRows(tx: Db, limit: number): Promise<Queued[]> {
  const { rows } = await tx.query<Queued>(
    prepared(
      'resolution-unprepared',
      sql`
    select id as "queueId", source_record_id as "recordId" from resolution_queue where not prepared order by id limit ${limit}`,
    ),
  );
  return rows;
}

/** Notes that the keys of these rows' records are written, and queues others that they touched until now. */
export function markPrepared(tx: Tx, rows: readonly Queued[], touched: readonly string[]): void {
  if (rows.length > 0)
    tx.later(
      prepared(
        'resolution-mark-prepared',
        sql`
    update resolution_queue set prepared = true where id = any(${bigints(rows.map(({ queueId }) => queueId))}::bigint[])`,
      ),
    );
  if (touched.length > 0)
    tx.later(sql`insert into resolution_queue (source_record_id, prepared) select unnest(${bigints(touched)}::bigint[]), true`);
}

/** How often keys were written: who writes them counts on, and who finds the number unchanged knows that nobody did since. */
export async function countKeyWriting(tx: Db): Promise<string> {
  const { rows } = await tx.query<{ readonly times: string }>(
    prepared('resolution-count-writing', sql`update match_key_writing set times = times + 1 returning times`),
  );
  return rows[0]?.times ?? '';
}

/** How often keys were written until now, by who has committed. */
export async function keyWritings(tx: Db): Promise<string> {
  const { rows } = await tx.query<{ readonly times: string }>(
    prepared('resolution-key-writings', sql`select times from match_key_writing`),
  );
  return rows[0]?.times ?? '';
}

/** Whether to take what nobody holds, or to wait for the others. */
export type Waiting = 'take-free' | 'wait';

/** Up to `limit` prepared rows, oldest first, held until the transaction ends. */
export async function preparedRows(tx: Db, limit: number, waiting: Waiting): Promise<Queued[]> {
  const { rows } = await tx.query<Queued>(
    waiting === 'wait'
      ? sql`select id as "queueId", source_record_id as "recordId" from resolution_queue where prepared order by id limit ${limit} for update`
      : prepared(
          'resolution-take-prepared',
          sql`
    select id as "queueId", source_record_id as "recordId" from resolution_queue where prepared order by id limit ${limit} for update skip locked`,
        ),
  );
  return rows;
}

/** What waits in the queue. */
export interface WhatWaits {
  /** How many rows are not prepared, counted up to `most`. */
  readonly unprepared: number;
  readonly prepared: boolean;
}

/**
 * What waits in the queue, held by somebody or not.
 * Indexes: resolution_queue_to_prepare, resolution_queue_prepared; in their order, for without it the planner reads all that was ever queued.
 */
export async function whatWaits(db: Db, most: number): Promise<WhatWaits> {
  const { rows } = await db.query<WhatWaits>(
    prepared(
      'resolution-what-waits',
      sql`
    select (select count(*)::int from (select from resolution_queue where not prepared order by id limit ${most}) few) as unprepared,
           exists (select from (select from resolution_queue where prepared order by id limit 1) first) as prepared`,
    ),
  );
  return rows[0] ?? { unprepared: 0, prepared: false };
}

/**
 * Holds these records until the transaction ends: their clients, and what is decided of them, change by nobody else meanwhile.
 * @returns those that are held, as they are compared, with their keys; of those that another holds none when `take-free`, all once they
 * are free when `wait`
 */
export async function holdRecords(
  tx: Db,
  ids: readonly string[],
  waiting: Waiting,
  formVersion: number,
): Promise<readonly ComparableRow[]> {
  const wanted = sql`
    select ${comparableColumns(formVersion, true)}
      from source_record r left join match_form f on f.source_record_id = r.id
     where r.id = any(${bigints(ids)}::bigint[]) and r.kind in ('person', 'company')
     order by r.id for no key update of r`;
  const { rows } = await tx.query<ComparableRow>(
    waiting === 'wait' ? wanted : prepared('resolution-hold-records', sql`${wanted} skip locked`),
  );
  return rows;
}

/** Takes exactly these rows off the queue: what was queued since stays. */
export function unqueue(tx: Tx, queueIds: readonly string[]): void {
  tx.later(prepared('resolution-unqueue', sql`delete from resolution_queue where id = any(${bigints(queueIds)}::bigint[])`));
}
