import type { KeyRing } from '../../platform/keys.ts';
import { newSubjectKey } from '../../platform/subject-key.ts';
import { type Db, sql } from '../database.ts';
import { payloadKeyContext } from '../read/subject-keys.ts';

/** Makes a data key for one person, and one for what Temporal keeps of the request; both are kept wrapped. `plain` is kept nowhere. */
export async function createSubjectKey(
  tx: Db,
  keys: KeyRing,
  at: Date,
): Promise<{ readonly id: string; readonly plain: Buffer }> {
  const { rows } = await tx.query<{ id: string }>(sql`select uuidv7() as id`);
  const id = rows[0]?.id ?? '';
  const plain = newSubjectKey();
  const wrapped = keys.wrapSubjectKey(plain, id);
  const forPayloads = keys.encrypt(newSubjectKey(), payloadKeyContext(id));
  await tx.query(sql`
    insert into subject_key (id, wrapped, payload_wrapped, created_at) values (${id}, ${wrapped}, ${forPayloads}, ${at})`);
  return { id, plain };
}

/** Shreds what was sealed for the person of a request: plan ids, exports. Cannot be undone. */
export async function destroySubjectKey(tx: Db, requestId: string, at: Date): Promise<void> {
  await tx.query(sql`
    update subject_key set wrapped = null, destroyed_at = coalesce(destroyed_at, ${at})
     where id = (select subject_key_id from privacy_request where id = ${requestId})`);
  await tx.query(sql`update plan_line set external_id = null, exported = null where request_id = ${requestId}`);
  await tx.query(sql`update mention set context = null, file = null where request_id = ${requestId}`);
  await tx.query(sql`update privacy_request set details = null, asked_for = null where id = ${requestId}`);
}

/** Shreds what Temporal still keeps of requests whose workflows have ended: no such payload opens again. Cannot be undone. */
export async function destroyPayloadKeys(db: Db, requestIds: readonly string[], at: Date): Promise<number> {
  const { rowCount } = await db.query(sql`
    update subject_key k set payload_wrapped = null, payload_destroyed_at = ${at}
      from privacy_request q where q.subject_key_id = k.id and k.payload_wrapped is not null and q.id = any(${requestIds}::uuid[])`);
  return rowCount;
}
