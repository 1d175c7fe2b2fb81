import type { MatchRecord } from '../../domain/identity/match-record.ts';
import { bigints, ints } from '../binary-array.ts';
import { type Db, prepared, type Sql, sql } from '../database.ts';

/** A person or company record with what its golden values need of it. */
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
  /** Whether sales, interactions or documents name it as theirs. */
  readonly owns: boolean;
}

/**
 * Whether a record takes part no more: it is gone at its source. One of a restricted client stays as it is until the hold is lifted, so that
 * the hold still knows the person by it (GDPR art. 18). Index: client primary key.
 */
const isDeleted = sql`r.deleted_at is not null
             and not exists (select from client held where held.id = r.client_id and held.state = 'restricted')`;

/** Records by their ids, in id order. Indexes: source_record_pkey, source_record_owner. */
export async function resolvableRecords(db: Db, ids: readonly string[]): Promise<ResolvableRecord[]> {
  const { rows } = await db.query<ResolvableRecord>(
    prepared(
      'match-resolvable-records',
      sql`
    select r.id, r.linked_system_id as "systemId", r.kind, r.external_id as "externalId", r.canonical, r.client_id as "clientId",
           ${isDeleted} as deleted, s.source_rank as "sourceRank", r.changed_at as "changedAt", r.seen_at as "seenAt",
           exists (select from source_record b where b.linked_system_id = r.linked_system_id and b.client_external_id = r.external_id) as owns
      from source_record r join linked_system s on s.id = r.linked_system_id
     where r.id = any(${bigints(ids)}::bigint[]) and r.kind in ('person', 'company')
     order by r.id`,
    ),
  );
  return rows;
}

/** A record as it is compared. */
export interface ComparableRow
  extends Pick<ResolvableRecord, 'id' | 'systemId' | 'kind' | 'externalId' | 'clientId' | 'deleted'> {
  /** Made ready before, by this version of the code. */
  readonly form: MatchRecord | null;
  /** Only where no form is ready. */
  readonly canonical: ResolvableRecord['canonical'] | null;
  /** The keys that it has, one space between; null where they were not asked. */
  readonly keys: string | null;
}

/** The columns of a `ComparableRow`, of source_record as r and match_form as f. */
export const comparableColumns = (formVersion: number, withKeys: boolean): Sql => sql`
    r.id, r.linked_system_id as "systemId", r.kind, r.external_id as "externalId", r.client_id as "clientId",
    ${isDeleted} as deleted, case when f.version = ${formVersion} then f.form end as form,
    case when f.version is distinct from ${formVersion} then r.canonical end as canonical,
    case when ${withKeys} then array_to_string(f.keys, ' ') end as keys`;

/** Records with what they are compared by. Indexes: source_record_pkey, match_form_pkey. */
export async function comparableRows(
  db: Db,
  ids: readonly string[],
  formVersion: number,
  withKeys: boolean,
): Promise<ComparableRow[]> {
  const { rows } = await db.query<ComparableRow>(
    prepared(
      'match-comparable-rows',
      sql`
    select ${comparableColumns(formVersion, withKeys)}
      from source_record r left join match_form f on f.source_record_id = r.id
     where r.id = any(${bigints(ids)}::bigint[]) and r.kind in ('person', 'company')`,
    ),
  );
  return rows;
}

/** A key of a record: 62 bits of a keyed hash and two of its class, as a decimal number. */
export interface StoredKey {
  readonly recordId: string;
  readonly key: string;
}

/** Who has each key: ids of records by key, up to `most` of each; keys that one record has alone are left out. Index: match_key_pkey. */
export async function blocksOf(
  db: Db,
  keys: readonly string[],
  most: (key: string) => number,
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (keys.length === 0) return new Map();
  const { rows } = await db.query<{ readonly key: string; readonly ids: string }>(
    prepared(
      'match-blocks',
      sql`
    select k.key, block.ids from unnest(${bigints(keys)}::bigint[], ${ints(keys.map(most))}::int[]) k(key, most)
     cross join lateral (
       select string_agg(few.id::text, ' ') as ids, count(*) as n from (
         select m.source_record_id as id from match_key m where m.key = k.key limit k.most) few) block
     where block.n > 1`,
    ),
  );
  return new Map(rows.map(({ key, ids }) => [key, ids.split(' ')]));
}

/** Those of these keys that more records have than may. Index: match_key_pkey. */
export async function oversizeKeys(
  db: Db,
  keys: readonly string[],
  largest: (key: string) => number,
): Promise<ReadonlySet<string>> {
  if (keys.length === 0) return new Set();
  const { rows } = await db.query<{ readonly key: string }>(
    prepared(
      'match-oversize-keys',
      sql`
    select k.key from unnest(${bigints(keys)}::bigint[], ${ints(keys.map(largest))}::int[]) k(key, largest)
     where (select count(*) from (select from match_key m where m.key = k.key limit k.largest + 1) few) > k.largest`,
    ),
  );
  return new Set(rows.map(({ key }) => key));
}

/** Two records that are decided together. */
export interface Tie {
  readonly from: string;
  readonly id: string;
}

/**
 * What is decided together with these records: the others of their clients, those that a person linked with them, and those that resemble
 * them, as last decided. One step. Index: source_record_client, match_constraint_*, match_decision_pkey, match_decision_b.
 */
export async function decidedTogether(db: Db, ids: readonly string[], resemblesFrom: number): Promise<Tie[]> {
  const from = bigints(ids);
  const { rows } = await db.query<Tie>(
    prepared(
      'match-decided-together',
      sql`
    -- a look-up for each record: joined as a set, a large batch reads every record
    select r.id as "from", o.id
      from source_record r
     cross join lateral (
       select id from source_record where client_id = r.client_id and kind in ('person', 'company') offset 0) o
     where r.id = any(${from}::bigint[]) and r.client_id is not null and o.id <> r.id
    union all
    select record_a, record_b from match_constraint where undone_at is null and kind = 'must-link' and record_a = any(${from}::bigint[])
    union all
    select record_b, record_a from match_constraint where undone_at is null and kind = 'must-link' and record_b = any(${from}::bigint[])
    union all
    select record_a, record_b from match_decision
     where record_a = any(${from}::bigint[]) and (outcome <> 'different' or weight >= ${resemblesFrom})
    union all
    select record_b, record_a from match_decision
     where record_b = any(${from}::bigint[]) and (outcome <> 'different' or weight >= ${resemblesFrom})`,
    ),
  );
  return rows;
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
  const { rows } = await db.query<ConstraintRow>(
    prepared(
      'match-constraints-among',
      sql`
    select record_a as one, record_b as other, kind, decision_id as "decisionId" from match_constraint
     where undone_at is null and record_a = any(${bigints(ids)}::bigint[]) and record_b = any(${bigints(ids)}::bigint[])`,
    ),
  );
  return rows;
}
