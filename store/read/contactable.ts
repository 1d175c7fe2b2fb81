import { asOneSubject } from '../../domain/consent/consent-state.ts';
import type { Carrier, Recipient } from '../../domain/consent/contact-decision.ts';
import type { ListedLine } from '../../domain/consent/listed-lines.ts';
import type { KeyRing } from '../../platform/keys.ts';
import { type Database, type Db, prepared, sql } from '../database.ts';
import { consentEventsOf } from './consent.ts';

/** An address that somebody wants to write to, in the form that is compared. */
export interface Address {
  readonly kind: 'email' | 'phone';
  readonly value: string;
}

function grouped<Item>(items: readonly Item[], keyOfItem: (item: Item) => string): ReadonlyMap<string, readonly Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOfItem(item));
    if (group === undefined) groups.set(keyOfItem(item), [item]);
    else group.push(item);
  }
  return groups;
}

const keyOf = ({ kind, value }: Address): string => `${kind}:${value}`;

/** Clients that carry these addresses, with their ledgers. Indexes: client_identifier primary key, those of `consentEventsOf`. */
async function carriersOf(db: Db, addresses: readonly Address[]): Promise<ReadonlyMap<string, readonly Carrier[]>> {
  const { rows } = await db.query<Address & { readonly clientId: string; readonly state: Carrier['state'] }>(
    prepared(
      'contactable-carriers',
      sql`
    select distinct x.kind, x.value, c.id as "clientId", c.state
      from unnest(${addresses.map(({ kind }) => kind)}::text[], ${addresses.map(({ value }) => value)}::text[]) as x(kind, value)
      join client_identifier i on i.kind = x.kind and i.value = x.value
      join client c on c.id = i.client_id`,
    ),
  );
  const events = await consentEventsOf(db, [...new Set(rows.map(({ clientId }) => clientId))]);
  const ledgers = grouped(events, ({ clientId }) => clientId);
  const carriers = rows.map(({ kind, value, clientId, state }) => ({
    key: keyOf({ kind, value }),
    carrier: { clientId, state, events: asOneSubject(clientId, ledgers.get(clientId) ?? []) },
  }));
  return new Map([...grouped(carriers, ({ key }) => key)].map(([key, found]) => [key, found.map(({ carrier }) => carrier)]));
}

/** The address behind each keyed hash, as it stands in the suppression list and beside the messages that were noted. */
type Hashed = ReadonlyMap<string, string>;

const hashesOf = (keys: KeyRing, addresses: readonly Address[]): Hashed =>
  new Map(addresses.map((address) => [keys.mac('suppression', keyOf(address)).toString('hex'), keyOf(address)]));

/** Lines of the suppression list about these addresses. Index: suppression_list primary key. */
async function listedOf(db: Db, hashed: Hashed): Promise<ReadonlyMap<string, readonly ListedLine[]>> {
  const { rows } = await db.query<ListedLine & { readonly hash: string }>(
    prepared(
      'contactable-listed',
      sql`
    select encode(l.hash, 'hex') as hash, l.reason, l.purpose, l.channel, l.since
      from unnest(${[...hashed.keys()]}::text[]) as x(hash)
      join suppression_list l on l.hash = decode(x.hash, 'hex')`,
    ),
  );
  return grouped(rows, ({ hash }) => hashed.get(hash) ?? '');
}

/** How often an address may be written to on one channel. */
export interface ContactCap {
  readonly channel: string;
  readonly most: number;
  readonly days: number;
}

/** Addresses that one of the caps holds back now, by the messages that were noted. Index: contact_made primary key. */
async function cappedOf(db: Db, hashed: Hashed, caps: readonly ContactCap[]): Promise<ReadonlySet<string>> {
  if (caps.length === 0) return new Set();
  const { rows } = await db.query<{ readonly hash: string }>(
    prepared(
      'contactable-capped',
      sql`
    select distinct encode(m.hash, 'hex') as hash
      from jsonb_to_recordset(${JSON.stringify(caps)}::jsonb) as c(channel text, most int, days int)
     cross join lateral (
       select m.hash from unnest(${[...hashed.keys()]}::text[]) as x(hash)
         join contact_made m on m.hash = decode(x.hash, 'hex') and m.channel = c.channel and m.day > current_date - c.days
        group by m.hash having sum(m.times) >= c.most) m`,
    ),
  );
  return new Set(rows.flatMap(({ hash }) => hashed.get(hash) ?? []));
}

/**
 * What is known of addresses that somebody wants to write to, in their order, in three queries however many there are, one more where
 * there are caps; what does not need another's answer is asked at once, on connections of its own.
 * @param addresses 1..10,000
 * @param caps those of the channel that is asked about
 */
export async function recipientsOf(
  db: Database,
  keys: KeyRing,
  addresses: readonly Address[],
  caps: readonly ContactCap[] = [],
): Promise<Omit<Recipient, 'meantFor'>[]> {
  const hashed = hashesOf(keys, addresses);
  const [carriers, listed, capped] = await Promise.all([
    carriersOf(db, addresses),
    listedOf(db, hashed),
    cappedOf(db, hashed, caps),
  ]);
  return addresses.map((address) => ({
    carriers: carriers.get(keyOf(address)) ?? [],
    listed: listed.get(keyOf(address)) ?? [],
    tooOften: capped.has(keyOf(address)),
  }));
}

/** Addresses that any client carries, after one, in their own order; 1 <= limit <= 10,000. Index: client_identifier primary key. */
export async function addressesAfter(db: Db, kind: Address['kind'], after: string, limit: number): Promise<Address[]> {
  const { rows } = await db.query<Address>(sql`
    select distinct kind, value from client_identifier where kind = ${kind} and value > ${after} order by value limit ${limit}`);
  return rows;
}
