import { signHead } from '../../domain/privacy/audit-export.ts';
import { type ChainPoint, chainStart } from '../../domain/record/audit-chain.ts';
import type { KeyRing } from '../../platform/keys.ts';
import { type Db, sql } from '../database.ts';

/** The last entry that was written before a moment, or the start of the chain. Index: primary key. */
const endBefore = async (tx: Db, before: Date): Promise<ChainPoint> => {
  const { rows } = await tx.query<{ seq: string; hash: string }>(sql`
    select seq, encode(hash, 'hex') as hash from audit_entry where at < ${before} order by seq desc limit 1`);
  const [last] = rows;
  return last === undefined ? chainStart : { seq: Number(last.seq), hash: last.hash };
};

/**
 * Signs where the audit log stood at the end of the day before `now`; that day's head, once written, stays. Nothing is signed for a
 * day before the first entry.
 * @returns the day that was signed, null when it was signed before
 */
export async function signDayBefore(tx: Db, keys: KeyRing, now: Date): Promise<string | null> {
  const midnight = new Date(`${now.toISOString().slice(0, 10)}T00:00:00.000Z`);
  const day = new Date(midnight.getTime() - 1).toISOString().slice(0, 10);
  await tx.query(sql`select pg_advisory_xact_lock(hashtext('ficha-audit'))`);
  const end = await endBefore(tx, midnight);
  if (end.seq === 0) return null;
  const signed = signHead(end, day, now.toISOString(), keys.deriveSecret('certificate'));
  const { rowCount } = await tx.query(sql`
    insert into audit_head (day, seq, hash, signed, at)
    values (${day}, ${end.seq}, ${Buffer.from(end.hash, 'hex')}, ${JSON.stringify(signed)}, ${now})
    on conflict (day) do nothing`);
  return rowCount === 1 ? day : null;
}
