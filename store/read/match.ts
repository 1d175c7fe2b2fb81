import { type Db, sql } from '../database.ts';

/** A person or company record with what resolution needs of it. */
export interface ResolvableRecord {
  readonly id: string;
  readonly systemId: string;
  readonly kind: 'person' | 'company';
  readonly externalId: string;
  readonly canonical: Readonly<Record<string, unknown>>;
  readonly clientId: string | null;
  readonly deleted: boolean;
  readonly sourceRank: number;
  readonly changedAt: string | null;
  readonly seenAt: string;
}

/** Records by their ids, in id order. */
export async function resolvableRecords(db: Db, ids: readonly string[]): Promise<ResolvableRecord[]> {
  const { rows } = await db.query<ResolvableRecord>(sql`
    select r.id, r.linked_system_id as "systemId", r.kind, r.external_id as "externalId", r.canonical, r.client_id as "clientId",
           r.deleted_at is not null as deleted, s.source_rank as "sourceRank", r.changed_at as "changedAt", r.seen_at as "seenAt"
      from source_record r join linked_system s on s.id = r.linked_system_id
     where r.id = any(${[...ids]}::bigint[]) and r.kind in ('person', 'company')
     order by r.id`);
  return rows;
}

/** Keys that say of themselves that two records have to do with each other. */
const identifierKinds = ['email', 'phone', 'tax-id', 'company-name'];

/** A record and another that shares a key with it. */
export interface Candidate {
  readonly of: string;
  readonly id: string;
  /** They share an identifier, not only parts of names, dates and places. */
  readonly byIdentifier: boolean;
}

/** The records that share a key with these; keys of more than `largestBlock` records lead nowhere. Index: match_key_lookup. */
export async function candidatesOf(db: Db, ids: readonly string[], largestBlock: number): Promise<Candidate[]> {
  const { rows } = await db.query<Candidate>(sql`
    with mine as materialized (
      select kind, hash, array_agg(source_record_id) as ids from match_key
       where source_record_id = any(${[...ids]}::bigint[]) group by kind, hash)
    select o.of, b.id, bool_or(m.kind = any(${identifierKinds}::text[])) as "byIdentifier" from mine m
     cross join lateral (
       select array_agg(few.id) as ids from (
         select k.source_record_id as id from match_key k where k.kind = m.kind and k.hash = m.hash limit ${largestBlock + 1}) few) block
     cross join unnest(m.ids) as o(of)
     cross join unnest(block.ids) as b(id)
     where cardinality(block.ids) between 2 and ${largestBlock} and b.id <> o.of
     group by o.of, b.id`);
  return rows;
}

/**
 * What is decided together with these records: the others of their clients, those that a person linked with them, and those that resemble
 * them, as last decided. One step. Index: source_record_client, match_constraint_*, match_decision_pkey, match_decision_b.
 */
export async function decidedTogether(db: Db, ids: readonly string[], resemblesFrom: number): Promise<string[]> {
  const from = [...ids];
  const { rows } = await db.query<{ readonly id: string }>(sql`
    select o.id from source_record r join source_record o on o.client_id = r.client_id and o.kind in ('person', 'company')
     where r.id = any(${from}::bigint[])
    union
    select record_b from match_constraint where undone_at is null and kind = 'must-link' and record_a = any(${from}::bigint[])
    union
    select record_a from match_constraint where undone_at is null and kind = 'must-link' and record_b = any(${from}::bigint[])
    union
    select record_b from match_decision
     where record_a = any(${from}::bigint[]) and (outcome <> 'different' or weight >= ${resemblesFrom})
    union
    select record_a from match_decision
     where record_b = any(${from}::bigint[]) and (outcome <> 'different' or weight >= ${resemblesFrom})`);
  return rows.map(({ id }) => id);
}

/**
 * Who else carries a mailbox or telephone of these records, up to one more than `most` for each: what several people share is known by
 * its carriers. Index: match_key_lookup.
 */
export async function carriersOf(db: Db, ids: readonly string[], most: number): Promise<string[]> {
  const { rows } = await db.query<{ readonly id: string }>(sql`
    with mine as (
      select distinct kind, hash from match_key where source_record_id = any(${[...ids]}::bigint[]) and kind in ('email', 'phone'))
    select distinct few.id from mine m
     cross join lateral (
       select k.source_record_id as id from match_key k where k.kind = m.kind and k.hash = m.hash limit ${most + 1}) few`);
  return rows.map(({ id }) => id);
}

/** The keys of these records that two to `largestBlock` records share. Index: match_key_lookup. */
export async function leadingKeys(
  db: Db,
  ids: readonly string[],
  largestBlock: number,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const { rows } = await db.query<{ readonly id: string; readonly keys: readonly string[] }>(sql`
    with mine as materialized (
      select source_record_id as id, kind, hash from match_key where source_record_id = any(${[...ids]}::bigint[])),
    led as (
      select d.kind, d.hash from (select distinct kind, hash from mine) d
       cross join lateral (
         select count(*) as n from (
           select from match_key k where k.kind = d.kind and k.hash = d.hash limit ${largestBlock + 1}) few) block
       where block.n between 2 and ${largestBlock})
    select m.id, array_agg(m.kind || ':' || encode(m.hash, 'base64')) as keys
      from mine m join led using (kind, hash) group by m.id`);
  return new Map(rows.map(({ id, keys }) => [id, keys]));
}

/** What a person decided of a pair. */
export interface ConstraintRow {
  readonly one: string;
  readonly other: string;
  readonly kind: 'must-link' | 'cannot-link';
  readonly decisionId: string | null;
}

/** What people decided of pairs among these records. Index: match_constraint_in_force. */
export async function constraintsAmong(db: Db, ids: readonly string[]): Promise<ConstraintRow[]> {
  const { rows } = await db.query<ConstraintRow>(sql`
    select record_a as one, record_b as other, kind, decision_id as "decisionId" from match_constraint
     where undone_at is null and record_a = any(${[...ids]}::bigint[]) and record_b = any(${[...ids]}::bigint[])`);
  return rows;
}
