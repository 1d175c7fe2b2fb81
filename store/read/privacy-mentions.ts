import type { RecordKind } from '../../domain/record/source-record.ts';
import type { Subject } from '../../domain/privacy/mentions.ts';
import { type Db, sql } from '../database.ts';

/** A record of somebody else whose text may speak of the person. */
export interface TextCandidate {
  readonly id: string;
  readonly systemId: string;
  readonly kind: RecordKind;
  readonly externalId: string;
  readonly canonical: Readonly<Record<string, unknown>>;
  /** Name of the client that the record belongs to. */
  readonly ownerName: string | null;
}

const MIN_DIGITS = 8;

/** The digits that every way of writing a number ends in: without the country's code. */
const lastDigits = (phone: string): string => phone.replaceAll(/\D/g, '').slice(-MIN_DIGITS);

const likeText = (text: string): string => `%${text.toLowerCase().replaceAll(/[\\%_]/g, '\\$&')}%`;

/**
 * Texts worth reading for one person: those that hold a local part of an address, the last digits of a telephone, a tax id, or a word
 * like a family name. At most `limit`; the domain rule decides. Indexes: source_record_text, source_record_text_digits.
 */
export async function textsAbout(db: Db, clientId: string, subject: Subject, limit: number): Promise<TextCandidate[]> {
  const parts = subject.emails.map((email) => likeText(email.split('@')[0] ?? email)).concat(subject.taxIds.map(likeText));
  const digits = subject.phones.map((phone) => `%${lastDigits(phone)}%`);
  const taxDigits = subject.taxIds.flatMap((taxId) => (lastDigits(taxId).length >= MIN_DIGITS ? [`%${lastDigits(taxId)}%`] : []));
  const families = [...new Set(subject.names.map(({ family }) => family.toLowerCase().split(/\s+/)[0] ?? ''))].filter(
    (word) => word.length > 2,
  );
  const { rows } = await db.query<TextCandidate>(sql`
    with texts as (
      select id from source_record where kind = 'interaction'
         and lower(coalesce(canonical ->> 'subject', '') || ' ' || coalesce(canonical ->> 'text', '')) like any(${parts}::text[])
      union
      select id from source_record where kind = 'interaction'
         and regexp_replace(coalesce(canonical ->> 'subject', '') || ' ' || coalesce(canonical ->> 'text', ''), '[^0-9]', '', 'g')
             like any(${[...digits, ...taxDigits]}::text[])
      union
      select r.id from unnest(${families}::text[]) as word
       cross join lateral (
         select id from source_record where kind = 'interaction'
            and word operator(public.<%) lower(coalesce(canonical ->> 'subject', '') || ' ' || coalesce(canonical ->> 'text', ''))) r)
    select r.id, r.linked_system_id as "systemId", r.kind, r.external_id as "externalId", r.canonical, c.display_name as "ownerName"
      from texts t join source_record r using (id) left join client c on c.id = r.client_id
     where r.client_id is distinct from ${clientId} and r.deleted_at is null
     order by r.id
     limit ${limit}`);
  return rows;
}

/** One place that waits for a reviewer, or was answered. */
export interface MentionRow {
  readonly id: string;
  readonly requestId: string;
  readonly recordHash: string;
  readonly sourceRecordId: string | null;
  readonly field: string;
  readonly how: readonly string[];
  /** The words around it, sealed under the subject key. */
  readonly context: Buffer | null;
  readonly answer: 'redact' | 'leave' | null;
  readonly redactedAt: string | null;
  /** Of a file: the system in which it lies, and its id there, sealed under the subject key until it was redacted. */
  readonly systemId: string | null;
  readonly file: Buffer | null;
}

/** Every mention of one request, oldest first. Index: mention_request. */
export async function mentionsOf(db: Db, requestId: string): Promise<MentionRow[]> {
  const { rows } = await db.query<MentionRow>(sql`
    select id, request_id as "requestId", encode(record_hash, 'hex') as "recordHash", source_record_id as "sourceRecordId", field, how,
           context, answer, redacted_at as "redactedAt", linked_system_id as "systemId", file
      from mention where request_id = ${requestId} order by id`);
  return rows;
}

/** The record that a mention stands in; undefined when it is gone. */
export async function recordOfMention(
  db: Db,
  mentionId: string,
): Promise<
  { id: string; systemId: string; kind: RecordKind; externalId: string; canonical: Readonly<Record<string, unknown>> } | undefined
> {
  const { rows } = await db.query<{
    id: string;
    systemId: string;
    kind: RecordKind;
    externalId: string;
    canonical: Readonly<Record<string, unknown>>;
  }>(sql`
    select r.id, r.linked_system_id as "systemId", r.kind, r.external_id as "externalId", r.canonical
      from mention m join source_record r on r.id = m.source_record_id where m.id = ${mentionId}`);
  return rows[0];
}

/** How many mentions nobody has answered yet, or that are still to be redacted and read back. */
export async function openMentions(db: Db, requestId: string): Promise<number> {
  const { rows } = await db.query<{ count: number }>(sql`
    select count(*)::int as count from mention
     where request_id = ${requestId} and (answer is null or (answer = 'redact' and redacted_at is null))`);
  return rows[0]?.count ?? 0;
}
