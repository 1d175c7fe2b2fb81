import { createHash } from 'node:crypto';
import { type Db, sql } from '../database.ts';

/** What names one effect on a linked system. */
export interface EffectName {
  readonly requestId: string;
  readonly systemId: string;
  /** Hex. */
  readonly recordHash: string;
  readonly verb: string;
}

/** The idempotency key of an effect (rule 5): SHA-256, 32 bytes; its hex goes to the system. */
export const effectKey = ({ requestId, systemId, recordHash, verb }: EffectName): Buffer =>
  createHash('sha256').update([requestId, systemId, recordHash, verb].join('\n')).digest();

/**
 * Writes down that an effect is about to be tried, before it is.
 * @returns `new`: nobody tried it before; `started`: tried, its end is not known, so read back first; `done`: it took place
 */
export async function beginEffect(db: Db, key: Buffer, at: Date): Promise<'new' | 'started' | 'done'> {
  const { rowCount } = await db.query(sql`
    insert into effect (key, state, started_at) values (${key}, 'started', ${at}) on conflict (key) do nothing`);
  if (rowCount === 1) return 'new';
  const { rows } = await db.query<{ state: 'started' | 'done' }>(sql`select state from effect where key = ${key}`);
  return rows[0]?.state ?? 'started';
}

/** Writes down that an effect took place, in the transaction that writes its evidence. */
export async function finishEffect(tx: Db, key: Buffer, at: Date): Promise<void> {
  await tx.query(sql`update effect set state = 'done', done_at = ${at} where key = ${key} and state = 'started'`);
}
