import type { KeyRing } from '../../platform/keys.ts';
import { newSubjectKey, openWith, sealFor } from '../../platform/subject-key.ts';
import { FichaError } from '../../domain/record/error.ts';
import { type Db, sql } from '../database.ts';
import { appendAudit } from './audit.ts';

export interface ToBlock {
  readonly requestId: string;
  readonly lineId: string;
  /** What the system held, as JSON text. */
  readonly text: string;
  readonly digest: Buffer;
  readonly until: string;
  readonly legalBasis: string;
  readonly at: Date;
}

/**
 * Sets a record apart under a key of its own: no query, sync, export, metric or screen reads this table, and the read API's role
 * cannot. Safe to repeat.
 * @see LOPDGDD art. 32
 */
export async function blockRecord(tx: Db, keys: KeyRing, given: ToBlock): Promise<void> {
  const key = newSubjectKey();
  const sealed = sealFor(key, Buffer.from(given.text));
  await tx.query(sql`
    insert into blocked_record (request_id, line_id, sealed, wrapped_key, digest, until, legal_basis, blocked_at)
    values (${given.requestId}, ${given.lineId}, ${sealed}, ${keys.wrapSubjectKey(key, given.lineId)}, ${given.digest}, ${given.until},
            ${given.legalBasis}, ${given.at})
    on conflict (line_id) do nothing`);
}

/** Whether a line's record is set apart. */
export async function isBlocked(db: Db, lineId: string): Promise<boolean> {
  const { rowCount } = await db.query(sql`select from blocked_record where line_id = ${lineId}`);
  return rowCount > 0;
}

/** A court or an authority asks: the first of two people. @throws FichaError `nothing-blocked` */
export async function askRelease(
  tx: Db,
  given: {
    readonly requestId: string;
    readonly reference: string;
    readonly by: string;
    readonly role: string;
    readonly at: Date;
  },
): Promise<{ releaseId: string }> {
  const { requestId, reference, by, role, at } = given;
  const { rows } = await tx.query<{ id: string }>(sql`
    insert into blocked_release (request_id, reference, asked_by, asked_at)
    select ${requestId}::uuid, ${reference}, ${by}, ${at}::timestamptz
     where exists (select from blocked_record where request_id = ${requestId} and destroyed_at is null)
    returning id`);
  const releaseId = rows[0]?.id;
  if (releaseId === undefined)
    throw new FichaError('nothing-blocked', 'this request left nothing blocked, or it was destroyed on its date');
  await appendAudit(tx, {
    actor: by,
    action: 'blocked.ask',
    subject: requestId,
    facts: { releaseId, role, reason: 'order' },
    at,
  });
  return { releaseId };
}

interface BlockedRow {
  readonly lineId: string;
  readonly sealed: Buffer;
  readonly wrapped: Buffer;
}

/**
 * The second of two people agrees, and what is blocked is handed out, once per order. The audit entry says in what role and for what
 * reason; the order itself, which may name people, stays with the release.
 * @returns the records as JSON texts
 * @throws FichaError `no-release`, `same-person`
 */
export async function agreeRelease(
  tx: Db,
  keys: KeyRing,
  given: { readonly releaseId: string; readonly by: string; readonly role: string; readonly at: Date },
): Promise<readonly string[]> {
  const { releaseId, by, role, at } = given;
  const { rows } = await tx.query<{ requestId: string; askedBy: string; readAt: string | null }>(sql`
    select request_id as "requestId", asked_by as "askedBy", read_at as "readAt" from blocked_release where id = ${releaseId} for update`);
  const [order] = rows;
  if (order === undefined || order.readAt !== null) throw new FichaError('no-release', 'there is no open order with this id');
  if (order.askedBy === by)
    throw new FichaError('same-person', 'the second of the two people must be another one than the first');
  await tx.query(sql`update blocked_release set agreed_by = ${by}, agreed_at = ${at}, read_at = ${at} where id = ${releaseId}`);
  const { rows: blocked } = await tx.query<BlockedRow>(sql`
    select line_id as "lineId", sealed, wrapped_key as wrapped from blocked_record
     where request_id = ${order.requestId} and destroyed_at is null order by id`);
  const facts = { releaseId, records: blocked.length, role, reason: 'order' };
  await appendAudit(tx, { actor: by, action: 'blocked.release', subject: order.requestId, facts, at });
  return blocked.map(({ lineId, sealed, wrapped }) => openWith(keys.unwrapSubjectKey(wrapped, lineId), sealed).toString('utf8'));
}

/** Destroys blocked records whose date has passed, with their keys. @returns how many */
export async function destroyBlockedDue(tx: Db, now: Date): Promise<number> {
  const { rows } = await tx.query<{ requestId: string }>(sql`
    update blocked_record set sealed = null, wrapped_key = null, destroyed_at = ${now}
     where destroyed_at is null and until < ${now.toISOString().slice(0, 10)}::date
    returning request_id as "requestId"`);
  for (const requestId of new Set(rows.map((row) => row.requestId))) {
    const facts = { records: rows.filter((row) => row.requestId === requestId).length };
    await appendAudit(tx, { actor: 'ficha', action: 'blocked.destroy', subject: requestId, facts, at: now });
  }
  return rows.length;
}
