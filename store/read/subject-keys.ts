import { FichaError } from '../../domain/record/error.ts';
import type { KeyRing } from '../../platform/keys.ts';
import { type Db, sql } from '../database.ts';

/**
 * The data key of the person of one request, unwrapped. Hold it no longer than needed.
 * @throws FichaError `subject-key-destroyed` once the request is over
 */
export async function subjectKeyOf(db: Db, keys: KeyRing, requestId: string): Promise<Buffer> {
  const { rows } = await db.query<{ id: string; wrapped: Buffer | null }>(sql`
    select k.id, k.wrapped from subject_key k join privacy_request q on q.subject_key_id = k.id where q.id = ${requestId}`);
  const [row] = rows;
  if (row === undefined || row.wrapped === null) {
    throw new FichaError('subject-key-destroyed', 'the key of this person was destroyed; what it sealed cannot be read again');
  }
  return keys.unwrapSubjectKey(row.wrapped, row.id);
}
