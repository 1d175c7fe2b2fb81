import { createHash } from 'node:crypto';
import { FichaError } from '../../domain/record/error.ts';
import type { KeyRing } from '../../platform/keys.ts';
import { type Db, sql } from '../database.ts';
import { addEvidence, type EvidenceDraft } from './evidence.ts';

/** A file that proves what a person did by hand. */
export interface Proof {
  readonly mediaType: string;
  readonly bytes: Buffer;
}

const mostBytes = 8 * 1024 * 1024;
const context = (evidenceId: string): string => `evidence-file/${evidenceId}`;

/** Evidence of a manual step with its file, sealed; what is shown of it is its SHA-256. @throws FichaError `proof-too-large` */
export async function addProvenEvidence(tx: Db, keys: KeyRing, draft: EvidenceDraft, { mediaType, bytes }: Proof): Promise<void> {
  if (bytes.length > mostBytes) throw new FichaError('proof-too-large', 'a proof has at most 8 MiB; send a smaller scan');
  const id = await addEvidence(tx, { ...draft, digest: createHash('sha256').update(bytes).digest() });
  await tx.query(sql`
    insert into evidence_file (evidence_id, media_type, size, sealed, at)
    values (${id}, ${mediaType}, ${bytes.length}, ${keys.encrypt(bytes, context(id))}, ${draft.at})`);
}

/** @throws FichaError `no-proof` */
export async function readProof(db: Db, keys: KeyRing, requestId: string, evidenceId: string): Promise<Proof> {
  const { rows } = await db.query<{ readonly mediaType: string; readonly sealed: Buffer }>(sql`
    select f.media_type as "mediaType", f.sealed from evidence_file f join evidence e on e.id = f.evidence_id
     where f.evidence_id = ${evidenceId} and e.request_id = ${requestId}`);
  const [found] = rows;
  if (found === undefined) throw new FichaError('no-proof', 'this piece of evidence has no file');
  return { mediaType: found.mediaType, bytes: keys.decrypt(found.sealed, context(evidenceId)) };
}
