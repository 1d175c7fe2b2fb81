import { createHash } from 'node:crypto';
import { FichaError } from '../../domain/record/error.ts';
import type { KeyRing } from '../../platform/keys.ts';
import { type Db, sql } from '../database.ts';
import { appendAudit } from './audit.ts';

/** A copy of a document as it was uploaded. */
export interface DocumentCopy {
  readonly mediaType: string;
  readonly bytes: Buffer;
}

/** One document that may be shown, and whose it is. */
interface ShownDocument {
  readonly clientId: string;
  readonly title: string;
}

/** Who acts on which document, and when. */
interface DocumentAct {
  /** Id of the document, as `Document.id` in GraphQL says. */
  readonly documentId: string;
  readonly by: string;
  readonly at: Date;
}

const mostBytes = 8 * 1024 * 1024;
const context = (documentId: string): string => `document-copy/${documentId}`;

/** A document of an active client; blocked, restricted and erased data has none. Index: source_record primary key. */
async function shownDocument(db: Db, documentId: string): Promise<ShownDocument> {
  const { rows } = await db.query<ShownDocument>(sql`
    select c.id as "clientId", coalesce(r.canonical ->> 'title', '') as title
      from source_record r join client c on c.id = r.client_id and c.state = 'active'
     where r.id = ${/^\d{1,18}$/.test(documentId) ? documentId : null}::bigint and r.kind = 'document' and r.deleted_at is null`);
  const [found] = rows;
  if (found === undefined) throw new FichaError('unknown-document', 'no document of an active client has this id');
  return found;
}

/**
 * Keeps a copy of a document of a linked system, sealed; one that was kept before gives way.
 * @throws FichaError `unknown-document`, `document-too-large`
 */
export async function keepDocumentCopy(
  tx: Db,
  keys: KeyRing,
  { documentId, by, at, mediaType, bytes }: DocumentAct & DocumentCopy,
): Promise<{ readonly sha256: string }> {
  if (bytes.length > mostBytes)
    throw new FichaError('document-too-large', 'a copy has at most 8 MiB; link to the original instead');
  const { clientId } = await shownDocument(tx, documentId);
  const digest = createHash('sha256').update(bytes).digest();
  await tx.query(sql`
    insert into document_copy (source_record_id, media_type, size, sha256, sealed, uploaded_by, uploaded_at)
    values (${documentId}, ${mediaType}, ${bytes.length}, ${digest}, ${keys.encrypt(bytes, context(documentId))}, ${by}, ${at})
    on conflict (source_record_id) do update
      set media_type = excluded.media_type, size = excluded.size, sha256 = excluded.sha256, sealed = excluded.sealed,
          uploaded_by = excluded.uploaded_by, uploaded_at = excluded.uploaded_at`);
  await appendAudit(tx, {
    actor: by,
    action: 'document.keep',
    subject: clientId,
    facts: { documentId, bytes: bytes.length },
    at,
  });
  return { sha256: digest.toString('hex') };
}

/** The copy, opened. Whoever shows it logs the look first. @throws FichaError `unknown-document`, `no-copy` */
export async function readDocumentCopy(db: Db, keys: KeyRing, documentId: string): Promise<ShownDocument & DocumentCopy> {
  const document = await shownDocument(db, documentId);
  const { rows } = await db.query<{ readonly mediaType: string; readonly sealed: Buffer }>(sql`
    select media_type as "mediaType", sealed from document_copy where source_record_id = ${documentId}`);
  const [copy] = rows;
  if (copy === undefined) throw new FichaError('no-copy', 'nobody uploaded a copy of this document; its origin link leads to it');
  return { ...document, mediaType: copy.mediaType, bytes: keys.decrypt(copy.sealed, context(documentId)) };
}

/** Deletes the copy; the document stays where it is. @throws FichaError `unknown-document`, `no-copy` */
export async function dropDocumentCopy(tx: Db, { documentId, by, at }: DocumentAct): Promise<void> {
  const { clientId } = await shownDocument(tx, documentId);
  const { rowCount } = await tx.query(sql`delete from document_copy where source_record_id = ${documentId}`);
  if (rowCount === 0) throw new FichaError('no-copy', 'nobody uploaded a copy of this document');
  await appendAudit(tx, { actor: by, action: 'document.drop', subject: clientId, facts: { documentId }, at });
}

/** Every copy that is kept of one client's documents, for a request of access or portability, by system and external id. */
export async function copiesOfClient(
  db: Db,
  keys: KeyRing,
  clientId: string,
): Promise<readonly (DocumentCopy & { readonly systemId: string; readonly externalId: string })[]> {
  const { rows } = await db.query<{ id: string; systemId: string; externalId: string; mediaType: string; sealed: Buffer }>(sql`
    select r.id, r.linked_system_id as "systemId", r.external_id as "externalId", d.media_type as "mediaType", d.sealed
      from source_record r join document_copy d on d.source_record_id = r.id
     where r.client_id = ${clientId} order by r.id`);
  return rows.map(({ id, sealed, ...copy }) => ({ ...copy, bytes: keys.decrypt(sealed, context(id)) }));
}
