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

/**
 * The records that share a key with these, and the other records of their clients: one step of the neighbourhood. Keys of more than
 * `largestBlock` records lead nowhere. Index: match_key_lookup, source_record_client.
 */
export async function neighboursOf(db: Db, ids: readonly string[], largestBlock: number): Promise<string[]> {
  const { rows } = await db.query<{ readonly id: string }>(sql`
    with mine as (select distinct kind, hash from match_key where source_record_id = any(${[...ids]}::bigint[])),
    narrow as (
      select m.kind, m.hash from mine m
       where (select count(*) from (select 1 from match_key k where k.kind = m.kind and k.hash = m.hash limit ${largestBlock + 1}) few)
             <= ${largestBlock})
    select k.source_record_id as id from narrow n join match_key k on k.kind = n.kind and k.hash = n.hash
    union
    select o.id from source_record r join source_record o on o.client_id = r.client_id and o.kind in ('person', 'company')
     where r.id = any(${[...ids]}::bigint[])`);
  return rows.map(({ id }) => id);
}

/** What people decided of pairs among these records. */
export async function constraintsAmong(
  db: Db,
  ids: readonly string[],
): Promise<{ readonly one: string; readonly other: string; readonly kind: 'must-link' | 'cannot-link' }[]> {
  const { rows } = await db.query<{
    readonly one: string;
    readonly other: string;
    readonly kind: 'must-link' | 'cannot-link';
  }>(sql`
    select record_a as one, record_b as other, kind from match_constraint
     where undone_at is null and record_a = any(${[...ids]}::bigint[]) and record_b = any(${[...ids]}::bigint[])`);
  return rows;
}

/** Records that a person linked with one of these. */
export async function linkedByHand(db: Db, ids: readonly string[]): Promise<string[]> {
  const { rows } = await db.query<{ readonly id: string }>(sql`
    select record_b as id from match_constraint where undone_at is null and kind = 'must-link' and record_a = any(${[...ids]}::bigint[])
    union
    select record_a from match_constraint where undone_at is null and kind = 'must-link' and record_b = any(${[...ids]}::bigint[])`);
  return rows.map(({ id }) => id);
}
