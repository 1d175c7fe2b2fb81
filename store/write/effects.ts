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
 * @param lineId the plan line that is worked on from here, where it is about one
 * @returns `new`: nobody tried it before; `started`: tried, its end is not known, so read back first; `done`: it took place
 */
export async function beginEffect(db: Db, key: Buffer, at: Date, lineId?: string): Promise<'new' | 'started' | 'done'> {
  const { rows } = await db.query<{ isNew: boolean; state: 'started' | 'done' | null }>(sql`
    with begun as (insert into effect (key, state, started_at) values (${key}, 'started', ${at}) on conflict (key) do nothing returning key),
    line as (update plan_line set state = 'acting', recheck_at = null where id = ${lineId ?? null})
    select exists (select from begun) as "isNew", (select state from effect where key = ${key}) as state`);
  return rows[0]?.isNew === true ? 'new' : (rows[0]?.state ?? 'started');
}

/** Writes down that an effect took place, in the transaction that writes its evidence. */
export async function finishEffect(tx: Db, key: Buffer, at: Date): Promise<void> {
  await tx.query(sql`update effect set state = 'done', done_at = ${at} where key = ${key} and state = 'started'`);
}
