import { type RecognisableRecord, tombstoneTexts } from '../../domain/privacy/tombstone-texts.ts';
import type { RecordKind } from '../../domain/record/source-record.ts';
import type { KeyRing } from '../../platform/keys.ts';
import { bytes } from '../binary-array.ts';
import { type Db, join, prepared, sql, type Tx } from '../database.ts';

/** Arrivals hold it shared, an erasure alone: no row slips in between the look and the new tombstones. */
const lockName = 'ficha-tombstones';

export interface Tombstone {
  readonly kind: string;
  readonly hash: Buffer;
}

/** The tombstones that a record would have, keyed. */
export const tombstonesOf = (keys: KeyRing, record: RecognisableRecord): Tombstone[] =>
  tombstoneTexts(record).map(({ kind, text }) => ({ kind, hash: keys.mac('tombstone', text) }));

/** The keyed hash that names one record in plans, evidence and hits. */
export const recordHash = (keys: KeyRing, systemId: string, kind: string, externalId: string): Buffer =>
  keys.mac('record', `${systemId}:${kind}:${externalId}`);

/** Where the purpose and the ground of tombstones are written down. @see LOPDGDD art. 15.2; CNIL on opposition lists */
const purpose = 'keep erased data from coming back';
const legalBasis = 'GDPR art. 17(1) with 5(2) and 6(1)(c)';

/** Waits for arrivals in progress and holds off new ones until this transaction ends: what is in the store now is all there is. */
export async function holdArrivals(tx: Db): Promise<void> {
  await tx.query(sql`select pg_advisory_xact_lock(hashtext(${lockName}))`);
}

/**
 * Lays tombstones for a request; those that are there stay. Waits for arrivals in progress, so that everything that is not yet
 * checked against them is already in the store.
 */
export async function layTombstones(tx: Db, requestId: string, tombstones: readonly Tombstone[], at: Date): Promise<number> {
  await holdArrivals(tx);
  if (tombstones.length === 0) return 0;
  const values = tombstones.map(({ hash, kind }) => sql`(${hash}, ${kind}, ${requestId}, ${purpose}, ${legalBasis}, ${at})`);
  const { rowCount } = await tx.query(sql`
    insert into tombstone (hash, kind, request_id, purpose, legal_basis, created_at)
    values ${join(values)}
    on conflict (hash, kind) do update
       set request_id = excluded.request_id, lifted_at = null, expires_at = null
     where tombstone.lifted_at is not null`);
  return rowCount;
}

export interface TombstoneMatch {
  /** Hex. */
  readonly hash: string;
  readonly kind: string;
  readonly requestId: string;
}

/** Whether any tombstone is in force now. What is written must ask `holdTombstones`. */
export async function isAnybodyErased(db: Db): Promise<boolean> {
  const { rows } = await db.query(
    prepared(
      'tombstones-any',
      sql`select from tombstone where lifted_at is null and (expires_at is null or expires_at > now()) limit 1`,
    ),
  );
  return rows.length > 0;
}

/**
 * Holds off new tombstones until this transaction ends.
 * @returns whether any is in force, seen after they were held off
 */
export async function holdTombstones(tx: Tx): Promise<boolean> {
  tx.later(prepared('tombstones-hold', sql`select pg_advisory_xact_lock_shared(hashtext(${lockName}))`));
  return await isAnybodyErased(tx);
}

/**
 * Which of these hashes belong to an erased person. Call it in the transaction that writes the rows, before writing: it holds
 * off new tombstones until that transaction ends.
 * @param hashes n >= 0, of `tombstonesOf`, of any number of records
 */
export async function checkTombstones(tx: Tx, hashes: readonly Buffer[]): Promise<TombstoneMatch[]> {
  return (await holdTombstones(tx)) ? await tombstonesAmong(tx, hashes) : [];
}

/** Which of these hashes belong to an erased person, for who holds off new tombstones. Index: tombstone primary key. */
export async function tombstonesAmong(tx: Db, hashes: readonly Buffer[]): Promise<TombstoneMatch[]> {
  if (hashes.length === 0) return [];
  const { rows } = await tx.query<TombstoneMatch>(sql`
    select encode(hash, 'hex') as hash, kind, request_id as "requestId"
      from tombstone
     where hash = any(${bytes(hashes)}::bytea[]) and lifted_at is null and (expires_at is null or expires_at > now())`);
  return rows;
}

export interface ReturnedRecord {
  readonly systemId: string;
  readonly kind: RecordKind;
  readonly externalId: string;
  /** n >= 1: what `checkTombstones` said of this record. */
  readonly matches: readonly TombstoneMatch[];
  readonly at: Date;
}

/**
 * Notes that an erased record came back, instead of writing it. What the erasure's own plan keeps in that system, or leaves there about
 * nobody, is settled at once; all else waits for `settleTombstoneHits`.
 */
export async function recordTombstoneHit(tx: Db, keys: KeyRing, returned: ReturnedRecord): Promise<void> {
  const { systemId, kind, externalId, matches, at } = returned;
  const [first] = matches;
  if (first === undefined) return;
  const hash = recordHash(keys, systemId, kind, externalId);
  const sealed = keys.encrypt(Buffer.from(externalId), 'tombstone_hit.external_id');
  await tx.query(sql`
    with kept as (
      select 1 from plan_line
       where request_id in (${join(matches.map(({ requestId }) => sql`${requestId}::uuid`))}) and record_hash = ${hash}
                                    and (state = 'kept' or (action = 'anonymise' and kind <> 'person')))
    insert into tombstone_hit (linked_system_id, kind, record_hash, external_id, matched, request_id, at, settled_at)
    select ${systemId}, ${kind}, ${hash}, case when exists (select 1 from kept) then null else ${sealed}::bytea end,
           ${[...new Set(matches.map((match) => match.kind))]}::text[], ${first.requestId}, ${at},
           case when exists (select 1 from kept) then ${at}::timestamptz end
    on conflict (linked_system_id, kind, record_hash) do update
       set external_id = excluded.external_id, matched = excluded.matched, request_id = excluded.request_id, at = excluded.at,
           settled_at = excluded.settled_at
     where tombstone_hit.settled_at is not null`);
}

/** Closes a hit: the record is gone again, or a person has it on the desk. The id goes. */
export async function settleTombstoneHit(tx: Db, hitId: string, at: Date): Promise<void> {
  await tx.query(sql`update tombstone_hit set settled_at = ${at}, external_id = null where id = ${hitId}`);
}
