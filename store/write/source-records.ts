import type { RecordKind } from '../../domain/record/source-record.ts';
import { jsons, texts } from '../binary-array.ts';
import { type Db, empty, prepared, type Sql, sql, type Tx } from '../database.ts';
import { afterChange, afterDeletion, type WrittenRow } from './written-records.ts';

/** One valid record ready to be stored. */
export interface StoredRecord {
  readonly kind: RecordKind;
  readonly externalId: string;
  /** JSON. */
  readonly rawText: string;
  /** JSON. */
  readonly canonicalText: string;
  /** sha-256, hex: the same content is not written again. */
  readonly contentHash: string;
  readonly clientExternalId: string | null;
  readonly changedAt: string | null;
}

export interface PageSource {
  readonly systemId: string;
  readonly runId: string;
  readonly stream: string;
}

/** Records of one system arrive one page after the other: what a page looks up stays so until it is written. Held until the transaction ends. */
export function holdArrivalsOf(tx: Tx, systemId: string): void {
  tx.later(prepared('arrivals-hold', sql`select pg_advisory_xact_lock(hashtext('ficha-arrivals'), hashtext(${systemId}))`));
}

/** A record as the store knows it before a page is written. */
interface KnownRecord extends WrittenRow {
  readonly externalId: string;
  readonly hash: string;
  /** Not gone at its source. */
  readonly isHere: boolean;
}

/** Records that are stored, by kind and external id. */
type KnownRecords = ReadonlyMap<string, KnownRecord>;

type Ref = Pick<StoredRecord, 'kind' | 'externalId'>;

const keyOf = ({ kind, externalId }: Ref): string => `${kind}:${externalId}`;

/** Those of these records that are stored. Call it after `holdArrivalsOf`. Index: source_record (linked_system_id, kind, external_id). */
export async function knownRecords(tx: Db, systemId: string, refs: readonly Ref[]): Promise<KnownRecords> {
  if (refs.length === 0) return new Map();
  const { rows } = await tx.query<KnownRecord>(sql`
    select id, kind, external_id as "externalId", encode(content_hash, 'hex') as hash, deleted_at is null as "isHere"
      from source_record
     where linked_system_id = ${systemId} and kind = any(${[...new Set(refs.map(({ kind }) => kind))]}::text[])
       and external_id = any(${texts(refs.map(({ externalId }) => externalId))}::text[])`);
  return new Map(rows.map((row) => [keyOf(row), row]));
}

/**
 * Stores records: new and changed ones are written, unchanged ones only marked as seen. Queues what must be resolved and projected
 * again, and flattens sales and interactions. Call it after `holdArrivalsOf`.
 * @param records 0 <= n <= some thousands, no two of one kind and external id
 * @param known those of them that are stored already
 * @returns how many were new or changed
 */
export async function storeRecords(
  tx: Tx,
  from: PageSource,
  records: readonly StoredRecord[],
  known: KnownRecords,
): Promise<number> {
  const added: StoredRecord[] = [];
  const changed: StoredRecord[] = [];
  const same: string[] = [];
  for (const record of records) {
    const before = known.get(keyOf(record));
    if (before === undefined) added.push(record);
    else if (before.isHere && before.hash === record.contentHash) same.push(before.id);
    else changed.push(record);
  }
  markSame(tx, from, same);
  const owned = [...(await writeRecords(tx, from, added, inserted)), ...(await writeRecords(tx, from, changed, replaced))];
  await afterChange(tx, from.systemId, owned);
  return added.length + changed.length;
}

function markSame(tx: Tx, { runId }: PageSource, ids: readonly string[]): void {
  if (ids.length === 0) return;
  tx.later(sql`update source_record set seen_run_id = ${runId}, seen_at = now() where id = any(${[...ids]}::bigint[])`);
}

/** How records are written that are new, or that are there. */
interface Way {
  readonly name: string;
  readonly clause: Sql;
}

/** Nothing looks for a row that is known not to be there. */
const inserted: Way = { name: 'source-record-insert', clause: empty };
const replaced: Way = {
  name: 'source-record-replace',
  clause: sql`
      on conflict (linked_system_id, kind, external_id) do update
         set raw = excluded.raw, canonical = excluded.canonical, content_hash = excluded.content_hash, stream = excluded.stream,
             seen_run_id = excluded.seen_run_id, client_external_id = excluded.client_external_id,
             changed_at = excluded.changed_at, seen_at = now(), deleted_at = null`,
};

const isClientKind = (kind: RecordKind): boolean => kind === 'person' || kind === 'company';

/** Writes records and queues the people and companies among them. @returns the others */
async function writeRecords(
  tx: Tx,
  from: PageSource,
  records: readonly StoredRecord[],
  { name, clause }: Way,
): Promise<readonly WrittenRow[]> {
  if (records.length === 0) return [];
  const statement = sql`
    with written as (
      insert into source_record (linked_system_id, kind, external_id, raw, canonical, content_hash, stream, seen_run_id,
                                 client_external_id, changed_at)
      select ${from.systemId}, p.kind, p.external_id, p.raw, p.canonical, decode(p.hash, 'hex'), ${from.stream}, ${from.runId},
             p.owner, p.changed_at::timestamptz
        from unnest(${texts(records.map(({ kind }) => kind))}::text[], ${texts(records.map(({ externalId }) => externalId))}::text[],
                    ${jsons(records.map(({ rawText }) => rawText))}::jsonb[],
                    ${jsons(records.map(({ canonicalText }) => canonicalText))}::jsonb[],
                    ${texts(records.map(({ contentHash }) => contentHash))}::text[],
                    ${texts(records.map(({ clientExternalId }) => clientExternalId))}::text[],
                    ${texts(records.map(({ changedAt }) => changedAt))}::text[])
             as p(kind, external_id, raw, canonical, hash, owner, changed_at)${clause}
      returning id, kind),
    queued as (
      insert into resolution_queue (source_record_id) select id from written where kind in ('person', 'company'))
    select id, kind from written where kind not in ('person', 'company')`;
  if (records.every(({ kind }) => isClientKind(kind))) {
    tx.later(prepared(name, statement)); // it answers nothing
    return [];
  }
  const { rows } = await tx.query<WrittenRow>(prepared(name, statement));
  return rows;
}

/** Marks records as gone at their source. @returns how many were there */
export async function markDeleted(
  tx: Db,
  systemId: string,
  refs: readonly { readonly kind: RecordKind; readonly externalId: string }[],
): Promise<number> {
  if (refs.length === 0) return 0;
  const { rows } = await tx.query<WrittenRow>(sql`
    update source_record set deleted_at = now()
     where id = any(array(
       select r.id
         from jsonb_to_recordset(${JSON.stringify(refs.map(({ kind, externalId }) => ({ kind, external_id: externalId })))}::jsonb)
              as x(kind text, external_id text)
        cross join lateral (
          select id from source_record
           where linked_system_id = ${systemId} and kind = x.kind and external_id = x.external_id and deleted_at is null
           limit 1) r))
    returning id, kind`);
  await afterDeletion(tx, rows);
  return rows.length;
}

/** Marks records, and what hangs from them, as still there: their source lists them in a form that cannot be read. */
export async function markSeen(tx: Db, { systemId, runId, stream }: PageSource, externalIds: readonly string[]): Promise<void> {
  if (externalIds.length === 0) return;
  await tx.query(sql`
    update source_record set seen_run_id = ${runId}, seen_at = now()
     where linked_system_id = ${systemId} and stream = ${stream} and deleted_at is null
       and (external_id = any(${[...externalIds]}::text[]) or client_external_id = any(${[...externalIds]}::text[]))`);
}

/**
 * After a listing of a whole stream: what neither it nor another run meanwhile saw is gone at its source.
 * @returns how many
 */
export async function markUnseenDeleted(tx: Db, { systemId, runId, stream }: PageSource): Promise<number> {
  const { rows } = await tx.query<WrittenRow>(sql`
    update source_record set deleted_at = now()
     where linked_system_id = ${systemId} and stream = ${stream} and seen_run_id <> ${runId} and deleted_at is null
       and seen_at < coalesce((select started_at from sync_run where id = ${runId}), 'infinity')
    returning id, kind`);
  await afterDeletion(tx, rows);
  return rows.length;
}
