import type { RecordKind } from '../../domain/record/source-record.ts';
import type { KeyRing } from '../../platform/keys.ts';
import { openWith } from '../../platform/subject-key.ts';
import { type Db, sql } from '../database.ts';
import { subjectKeyOf } from './subject-keys.ts';

/** One record that Ficha holds of a person. */
export interface SubjectRecord {
  readonly id: string;
  readonly systemId: string;
  readonly kind: RecordKind;
  readonly externalId: string;
  readonly clientExternalId: string | null;
  readonly canonical: Readonly<Record<string, unknown>>;
  readonly saleKind: string | null;
  /** When it happened, for sales. */
  readonly at: string | null;
}

/**
 * Every record that belongs to one client: its members, what they own, and what hangs from a member but was not yet resolved.
 * Indexes: source_record_client, source_record_owner.
 */
export async function recordsOfSubject(db: Db, clientId: string): Promise<SubjectRecord[]> {
  const { rows } = await db.query<SubjectRecord>(sql`
    with own as (
      select id from source_record where client_id = ${clientId}
      union
      select o.id
        from source_record m
        join source_record o on o.linked_system_id = m.linked_system_id and o.client_external_id = m.external_id
       where m.client_id = ${clientId} and m.kind = 'person' and o.client_id is null and o.kind not in ('person', 'company')
         and not exists (select 1 from source_record c
                          where c.linked_system_id = m.linked_system_id and c.kind = 'company' and c.external_id = m.external_id))
    select r.id, r.linked_system_id as "systemId", r.kind, r.external_id as "externalId", r.client_external_id as "clientExternalId",
           r.canonical, coalesce(s.sale_kind, r.canonical ->> 'saleKind') as "saleKind",
           coalesce(to_char(s.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), r.canonical ->> 'at') as at
      from own join source_record r using (id) left join sale s on s.source_record_id = r.id
     order by r.id`);
  return rows;
}

/** One identifier of a person, normalised. */
export interface SubjectIdentifier {
  readonly kind: 'email' | 'phone' | 'tax-id';
  readonly value: string;
  /** Another client carries it too: a shared mailbox, a family's telephone. */
  readonly shared: boolean;
}

/** Something that names a person, as they or another controller wrote it. */
export interface AskedIdentifier {
  /** `external-id`: the person's id in a linked system, as `<system>:<id>`. */
  readonly kind: 'email' | 'phone' | 'tax-id' | 'external-id';
  readonly value: string;
}

/** What a person of whom Ficha knows nothing is looked for by; none for a client's request. */
export async function askedIdentifiers(db: Db, keys: KeyRing, requestId: string): Promise<readonly AskedIdentifier[]> {
  const { rows } = await db.query<{ sealed: Buffer | null }>(
    sql`select asked_for as sealed from privacy_request where id = ${requestId}`,
  );
  const sealed = rows[0]?.sealed ?? null;
  if (sealed === null) return [];
  return JSON.parse(openWith(await subjectKeyOf(db, keys, requestId), sealed).toString('utf8')) as AskedIdentifier[]; // sealed by `openRequest`
}

/** The clients who carry one of these, at most 3. Index: client_identifier primary key. */
export async function clientsWith(
  db: Db,
  identifiers: readonly { readonly kind: string; readonly value: string }[],
): Promise<readonly string[]> {
  const { rows } = await db.query<{ id: string }>(sql`
    select distinct i.client_id as id
      from jsonb_to_recordset(${JSON.stringify(identifiers)}::jsonb) as x(kind text, value text)
      join client_identifier i on i.kind = x.kind and i.value = x.value
     limit 3`);
  return rows.map(({ id }) => id);
}

/** Identifiers of one client, without external ids. Indexes: client_identifier_client, client_identifier primary key. */
export async function identifiersOfSubject(db: Db, clientId: string): Promise<SubjectIdentifier[]> {
  const { rows } = await db.query<SubjectIdentifier>(sql`
    select i.kind, i.value,
           bool_or(exists (select 1 from client_identifier o
                            where o.kind = i.kind and o.value = i.value and o.client_id <> i.client_id)) as shared
      from client_identifier i
     where i.client_id = ${clientId} and i.kind <> 'external-id'
     group by i.kind, i.value
     order by i.kind, i.value`);
  return rows;
}

/**
 * Records that left every client when their system deleted them, and still carry one of these addresses or tax ids: Ficha's own
 * copies of the person, which no client leads to. Scans what was deleted at its source.
 */
export async function orphansOfSubject(
  db: Db,
  systemId: string,
  identifiers: readonly SubjectIdentifier[],
): Promise<{ kind: RecordKind; externalId: string }[]> {
  const texts = identifiers.filter(({ kind, shared }) => kind !== 'phone' && !shared).map(({ value }) => value.toLowerCase());
  const { rows } = await db.query<{ kind: RecordKind; externalId: string }>(sql`
    select kind, external_id as "externalId" from source_record r
     where linked_system_id = ${systemId} and kind = 'person' and client_id is null and deleted_at is not null
       and (lower(canonical ->> 'taxId') = any(${texts}::text[])
            or exists (select 1 from jsonb_array_elements_text(coalesce(canonical -> 'emails', '[]')) as email
                        where lower(email) = any(${texts}::text[])))`);
  return rows;
}

/** Whose a record of a linked system is, as Ficha knows it; undefined when Ficha never saw it. */
export async function ownerOfRecord(
  db: Db,
  record: { readonly systemId: string; readonly kind: RecordKind; readonly externalId: string },
): Promise<{ clientId: string | null; canonical: Readonly<Record<string, unknown>> } | undefined> {
  const { rows } = await db.query<{ clientId: string | null; canonical: Readonly<Record<string, unknown>> }>(sql`
    select client_id as "clientId", canonical from source_record
     where linked_system_id = ${record.systemId} and kind = ${record.kind} and external_id = ${record.externalId}`);
  return rows[0];
}

/** A record of a linked system by its name. */
export interface NamedRecord {
  readonly systemId: string;
  readonly kind: RecordKind;
  readonly externalId: string;
}

/** The clients whose these records are, in the same order; null where Ficha knows none. Index: source_record's unique key. */
export async function ownersOfRecords(db: Db, records: readonly NamedRecord[]): Promise<readonly (string | null)[]> {
  if (records.length === 0) return [];
  const rows = records.map((record, place) => ({ ...record, place }));
  const { rows: found } = await db.query<{ place: number; clientId: string | null }>(sql`
    select x.place, r.client_id as "clientId"
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x(place int, "systemId" text, kind text, "externalId" text)
      join source_record r on r.linked_system_id = x."systemId" and r.kind = x.kind and r.external_id = x."externalId"`);
  const owners = new Map(found.map(({ place, clientId }) => [place, clientId]));
  return records.map((_record, place) => owners.get(place) ?? null);
}

/** Systems that must be asked about a person: every linked one, and those removed that once held a record; none once the client is gone. */
export async function systemsToAsk(db: Db, clientId: string): Promise<{ id: string; title: string; connector: string }[]> {
  const { rows } = await db.query<{ id: string; title: string; connector: string }>(sql`
    select id, title, connector from linked_system s
     where (exists (select 1 from client c where c.id = ${clientId})
            or exists (select 1 from privacy_request q where q.client_id = ${clientId} and q.asked_for is not null))
       and (state <> 'removed'
            or exists (select 1 from source_record r where r.client_id = ${clientId} and r.linked_system_id = s.id))
     order by id`);
  return rows;
}

/** Where a client was first met; null when nobody said. */
export async function acquisitionOf(db: Db, clientId: string): Promise<string | null> {
  const { rows } = await db.query<{ source: string | null }>(
    sql`select acquisition_source as source from client where id = ${clientId}`,
  );
  return rows[0]?.source ?? null;
}
