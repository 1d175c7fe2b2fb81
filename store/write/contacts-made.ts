import type { KeyRing } from '../../platform/keys.ts';
import { type Db, sql } from '../database.ts';
import type { Address } from '../read/contactable.ts';

/** Notes that these addresses were written to, as keyed hashes; several messages to one address on one day count each. */
export async function noteContacts(
  db: Db,
  keys: KeyRing,
  { addresses, channel, at }: { readonly addresses: readonly Address[]; readonly channel: string; readonly at: Date },
): Promise<void> {
  const hashes = addresses.map(({ kind, value }) => keys.mac('suppression', `${kind}:${value}`).toString('hex'));
  await db.query(sql`
    insert into contact_made as known (hash, channel, day, times)
    select decode(x.hash, 'hex'), ${channel}, (${at}::timestamptz at time zone 'UTC')::date, count(*)
      from unnest(${hashes}::text[]) as x(hash) group by x.hash
    on conflict (hash, channel, day) do update set times = known.times + excluded.times`);
}

/** Forgets contacts before a day. */
export async function forgetContacts(db: Db, before: Date): Promise<void> {
  await db.query(sql`delete from contact_made where day < ${before}::date`);
}
