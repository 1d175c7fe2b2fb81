import type { ConsentEvent } from '../../domain/consent/consent-state.ts';
import type { Carrier, Recipient } from '../../domain/consent/contact-decision.ts';
import type { ListedLine } from '../../domain/consent/listed-lines.ts';
import type { KeyRing } from '../../platform/keys.ts';
import { type Database, type Db, prepared, sql } from '../database.ts';

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

interface CarrierRow extends Omit<ConsentEvent, 'purpose' | 'subjectId'> {
  /** Place of the address among those asked, from 1. */
  readonly place: number;
  readonly clientId: string;
  readonly state: Carrier['state'];
  /** Null for a client of whom nothing was said. */
  readonly purpose: string | null;
}

/**
 * Clients that carry these addresses, each with its ledger as `consentEventsOf` reads it, by the place of the address: one statement that
 * looks at each client once, in indexes alone where the tables were vacuumed. Indexes: client_identifier primary key, client_at_gate,
 * source_record_client, consent_subject_source_record_id_key, consent_subject_left, consent_event_subject.
 */
async function carriersOf(db: Db, addresses: readonly Address[]): Promise<ReadonlyMap<number, readonly Carrier[]>> {
  const { rows } = await db.query<CarrierRow>(
    prepared(
      'contactable-carriers',
      sql`
    with carried as materialized (
      select distinct x.place, i.client_id
        from unnest(${addresses.map(({ kind }) => kind)}::text[], ${addresses.map(({ value }) => value)}::text[])
             with ordinality as x(kind, value, place)
        join client_identifier i on i.kind = x.kind and i.value = x.value),
    rest as materialized (select years from consent_age where country = '*')
    select k.place::int, c.id as "clientId", c.state, e.purpose, e.channel, e.at, e.at_known as "atKnown",
           consent_worth(e.answer, e.at, e.given_by, e.expires_after_months, c.birth, c.age) as answer
      from carried k
      cross join lateral (
        select c.id, c.state, c.birth,
               make_interval(years => coalesce((select years from consent_age where country = c.country), (select years from rest), 16)) as age
          from client c where c.id = k.client_id
        offset 0) c
      left join lateral (
        select s.id from source_record r join consent_subject s on s.source_record_id = r.id where r.client_id = c.id
        union all
        select s.id
          from (select c.id as left_id union all select n.alias_id from client_alias n where n.client_id = c.id) l
          join consent_subject s on s.left_client_id = l.left_id
          left join source_record r on r.id = s.source_record_id
         where r.client_id is null) x on true
      left join lateral (
        select e.purpose, e.channel, e.answer, e.at, e.at_known, e.given_by, w.expires_after_months
          from consent_event e left join consent_purpose w on w.name = e.purpose where e.subject_id = x.id) e on true`,
    ),
  );
  const found = new Map<number, Map<string, Carrier & { readonly events: ConsentEvent[] }>>();
  for (const { place, clientId, state, purpose, channel, answer, at, atKnown } of rows) {
    const carriers = found.get(place) ?? new Map<string, Carrier & { readonly events: ConsentEvent[] }>();
    if (carriers.size === 0) found.set(place, carriers);
    const carrier = carriers.get(clientId) ?? { clientId, state, events: [] };
    carriers.set(clientId, carrier);
    if (purpose !== null) carrier.events.push({ subjectId: clientId, purpose, channel, answer, at, atKnown });
  }
  return new Map([...found].map(([place, carriers]) => [place, [...carriers.values()]]));
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
 * What is known of addresses that somebody wants to write to, in their order, in two queries however many there are, one more where
 * there are caps, all at once on connections of their own.
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
  return addresses.map((address, before) => {
    const key = keyOf(address);
    return { carriers: carriers.get(before + 1) ?? [], listed: listed.get(key) ?? [], tooOften: capped.has(key) };
  });
}

/** Addresses that any client carries, after one, in their own order; 1 <= limit <= 10,000. Index: client_identifier primary key. */
export async function addressesAfter(db: Db, kind: Address['kind'], after: string, limit: number): Promise<Address[]> {
  const { rows } = await db.query<Address>(sql`
    select distinct kind, value from client_identifier where kind = ${kind} and value > ${after} order by value limit ${limit}`);
  return rows;
}
