import { type Db, join, sql } from '../database.ts';

export interface FoundMention {
  readonly requestId: string;
  /** Null for a file. */
  readonly sourceRecordId: string | null;
  readonly recordHash: Buffer;
  readonly field: string;
  readonly how: readonly string[];
  /** Sealed under the subject key. */
  readonly context: Buffer;
  /** Where a file lies, and its id there, sealed under the subject key. */
  readonly file?: { readonly systemId: string; readonly sealedId: Buffer };
}

/** Writes down what a reviewer must look at; one that was found before stays, with its answer. */
export async function saveMentions(tx: Db, mentions: readonly FoundMention[]): Promise<{ id: string; answered: boolean }[]> {
  if (mentions.length === 0) return [];
  const values = mentions.map(
    ({ requestId, sourceRecordId, recordHash, field, how, context, file }) =>
      sql`(${requestId}, ${sourceRecordId}::bigint, ${recordHash}, ${field}, ${[...how]}::text[], ${context}, ${file?.systemId ?? null}, ${file?.sealedId ?? null}::bytea)`,
  );
  const { rows } = await tx.query<{ id: string; answered: boolean }>(sql`
    insert into mention (request_id, source_record_id, record_hash, field, how, context, linked_system_id, file) values ${join(values)}
    on conflict (request_id, record_hash, field) do update set source_record_id = excluded.source_record_id
    returning id, answer is not null as answered`);
  return rows;
}

/** Writes down what the reviewer said of one place. */
export async function answerMention(
  tx: Db,
  mentionId: string,
  given: { readonly answer: 'redact' | 'leave'; readonly by: string; readonly at: Date },
): Promise<void> {
  await tx.query(sql`
    update mention set answer = ${given.answer}, answered_by = ${given.by}, answered_at = ${given.at}
     where id = ${mentionId} and redacted_at is null`);
}

/** A place that was redacted and read back. The words around it go. */
export async function mentionRedacted(tx: Db, mentionId: string, at: Date): Promise<void> {
  await tx.query(sql`update mention set redacted_at = ${at}, context = null, file = null where id = ${mentionId}`);
}

/** Replaces the texts of Ficha's own copy of a record; the next sync brings what the system then holds. */
export async function replaceTexts(tx: Db, recordId: string, texts: Readonly<Record<string, string>>): Promise<void> {
  await tx.query(sql`
    update source_record set canonical = canonical || ${JSON.stringify(texts)}::jsonb, raw = '{}', content_hash = '\\x00' where id = ${recordId}`);
  if (texts['subject'] !== undefined) {
    await tx.query(sql`update interaction set subject = ${texts['subject']} where source_record_id = ${recordId}`);
  }
}
