import type { EraseAnswer } from '../../domain/privacy/line-state.ts';
import { type Db, sql } from '../database.ts';

/** Whether a request has acted in any system: what it did cannot be taken back. Index: evidence_request. */
export async function hasActed(db: Db, requestId: string): Promise<boolean> {
  const { rowCount } = await db.query(sql`
    select from evidence where request_id = ${requestId} and verb in ('erase', 'redact') limit 1`);
  return rowCount > 0;
}

/** What the last act of one verb on one line said; undefined when there was none. Index: evidence_line. */
export async function lastResult(db: Db, lineId: string, verb: 'erase'): Promise<EraseAnswer | undefined>;
export async function lastResult(db: Db, lineId: string, verb: 'manual'): Promise<string | undefined>;
export async function lastResult(db: Db, lineId: string, verb: string): Promise<string | undefined> {
  const { rows } = await db.query<{ result: string }>(sql`
    select result from evidence where line_id = ${lineId} and verb = ${verb} order by id desc limit 1`);
  return rows[0]?.result;
}

/** Systems in whose files the person was searched for with one of these results. Index: evidence_request. */
export async function systemsSearched(
  db: Db,
  requestId: string,
  ...results: readonly ('searched' | 'searched-in-part')[]
): Promise<ReadonlySet<string>> {
  const { rows } = await db.query<{ systemId: string }>(sql`
    select distinct linked_system_id as "systemId" from evidence
     where request_id = ${requestId} and verb = 'search' and result = any(${[...results]}::text[])`);
  return new Set(rows.map(({ systemId }) => systemId));
}
