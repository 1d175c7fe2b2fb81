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

/**
 * The key under which the payloads of a request's workflows lie in Temporal, unwrapped.
 * @returns `none` for a request that never had one, or that this database does not know
 */
export async function payloadKeyOf(db: Db, keys: KeyRing, requestId: string): Promise<Buffer | 'none' | 'destroyed'> {
  const { rows } = await db.query<{ id: string; wrapped: Buffer | null; destroyed: boolean }>(sql`
    select k.id, k.payload_wrapped as wrapped, k.payload_destroyed_at is not null as destroyed
      from subject_key k join privacy_request q on q.subject_key_id = k.id where q.id = ${requestId}`);
  const [row] = rows;
  if (row === undefined || row.destroyed) return row === undefined ? 'none' : 'destroyed';
  return row.wrapped === null ? 'none' : keys.decrypt(row.wrapped, payloadKeyContext(row.id));
}

/** What binds the wrapped key of payloads to its row. */
export const payloadKeyContext = (subjectKeyId: string): string => `payload-key/${subjectKeyId}`;

/**
 * Requests that are over and whose payloads in Temporal still open, the oldest first.
 * @param after the last one of the page before; null for the first page
 * @param limit at most so many
 */
export async function requestsToShred(db: Db, after: string | null, limit: number): Promise<readonly string[]> {
  const { rows } = await db.query<{ id: string }>(sql`
    select q.id from subject_key k join privacy_request q on q.subject_key_id = k.id
     where k.payload_wrapped is not null and q.state in ('closed', 'refused', 'cancelled')
       and (${after}::uuid is null or q.id > ${after}::uuid)
     order by q.id limit ${limit}`);
  return rows.map(({ id }) => id);
}
