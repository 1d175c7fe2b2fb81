import type { EraseAnswer } from '../../domain/privacy/line-state.ts';
import { type Db, sql } from '../database.ts';

/** What the last act of one verb on one line said; undefined when there was none. Index: evidence_line. */
export async function lastResult(db: Db, lineId: string, verb: 'erase'): Promise<EraseAnswer | undefined>;
export async function lastResult(db: Db, lineId: string, verb: 'manual'): Promise<string | undefined>;
export async function lastResult(db: Db, lineId: string, verb: string): Promise<string | undefined> {
  const { rows } = await db.query<{ result: string }>(sql`
    select result from evidence where line_id = ${lineId} and verb = ${verb} order by id desc limit 1`);
  return rows[0]?.result;
}
