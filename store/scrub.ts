import type pg from 'pg';
import { ownConnection, sql, type Db } from './database.ts';
import { appendAudit } from './write/audit.ts';

/** What a scrub came to. */
export interface Scrubbed {
  /** Tables that were written anew. */
  readonly tables: number;
  /** Tables that were left: somebody held them, or they are larger than was asked for. */
  readonly left: readonly string[];
  /** Whether the write-ahead log was turned over too; only where the owner may. */
  readonly log: boolean;
}

export interface ScrubOptions {
  /** Tables that are larger stay: writing one anew shuts everybody out of it. */
  readonly mostBytes?: number;
}

const lockTimeoutMs = 3_000;
const notNow = new Set(['55P03', '57014']); // lock_not_available, query_canceled
const mayNot = '42501';

const hasCode = (error: unknown, codes: ReadonlySet<string>): boolean =>
  error instanceof Error && 'code' in error && codes.has(String(error.code));

/** Tables of Ficha, the smallest first, and the samples of values that the planner keeps. */
async function tablesOf(client: pg.Client): Promise<readonly { readonly name: string; readonly bytes: number }[]> {
  const { rows } = await client.query<{ name: string; bytes: string }>(`
    select oid::regclass::text as name, pg_total_relation_size(oid) as bytes
      from pg_class where relnamespace = 'ficha'::regnamespace and relkind = 'r'
     order by pg_total_relation_size(oid)`);
  return [...rows.map(({ name, bytes }) => ({ name, bytes: Number(bytes) })), { name: 'pg_catalog.pg_statistic', bytes: 0 }];
}

async function writtenAnew(client: pg.Client, name: string): Promise<boolean> {
  try {
    await client.query(`vacuum (full, analyze) ${name}`);
    return true;
  } catch (error) {
    if (hasCode(error, notNow)) return false;
    throw error;
  }
}

/** Begins a new segment of the log and lets go of the old ones. */
async function logTurnedOver(client: pg.Client): Promise<boolean> {
  try {
    await client.query('checkpoint');
    await client.query('select pg_switch_wal()');
    await client.query('checkpoint'); // lets go of what lies before the one above
    return true;
  } catch (error) {
    if (hasCode(error, new Set([mayNot]))) return false;
    throw error;
  }
}

/**
 * Rewrites what rows that are gone left in the files of PostgreSQL: a deleted row's bytes stay in its page, in its indexes, in the samples
 * of the planner and in the write-ahead log until they are written over. Each table is shut to everybody while it is written anew.
 * @param ownerUrl of the role that owns the schema
 * @see https://www.postgresql.org/docs/18/sql-vacuum.html
 */
export async function scrub(ownerUrl: string, { mostBytes = Number.POSITIVE_INFINITY }: ScrubOptions = {}): Promise<Scrubbed> {
  const client = ownConnection(ownerUrl, { statementTimeoutMs: 0, lockTimeoutMs });
  await client.connect();
  try {
    const left: string[] = [];
    let tables = 0;
    for (const { name, bytes } of await tablesOf(client)) {
      if (bytes <= mostBytes && (await writtenAnew(client, name))) tables += 1;
      else left.push(name);
    }
    return { tables, left, log: await logTurnedOver(client) };
  } finally {
    await client.end();
  }
}

/** Whether somebody was erased since the last scrub that left nothing. Reads the whole audit log: once a day. */
export async function needsScrub(db: Db): Promise<boolean> {
  const { rows } = await db.query<{ needs: boolean }>(sql`
    select coalesce(max(seq) filter (where action = 'client.erase') > coalesce(max(seq) filter (where action = 'store.scrub'), 0), false) as needs
      from audit_entry where action in ('client.erase', 'store.scrub')`);
  return rows[0]?.needs === true;
}

/** Writes down that the files were scrubbed. */
export async function noteScrub(tx: Db, { tables, left, log }: Scrubbed, at: Date): Promise<void> {
  const facts = { tables, left: left.length, log };
  await appendAudit(tx, { actor: 'ficha', action: left.length === 0 ? 'store.scrub' : 'store.scrub-in-part', facts, at });
}
