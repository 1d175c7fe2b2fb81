import { extended, remindersOf } from '../../domain/privacy/privacy-policy.ts';
import { FichaError } from '../../domain/record/error.ts';
import type { PrivacyPolicy } from '../../schemas/types.ts';
import { type Db, sql } from '../database.ts';
import { requiredRequest } from '../read/privacy-requests.ts';
import { appendAudit } from './audit.ts';

const refusals = {
  'notice-too-late': 'the person must be told inside the first month, and it is over; answer now, late, and say why',
  'extended-before': 'a deadline is extended once',
  'notice-in-future': 'noticeAt lies in the future; send the notice first',
} as const;

export interface Extension {
  readonly by: string;
  /** When the reasoned notice went to the person, ISO 8601 UTC. */
  readonly noticeAt: string;
  /** Why, without personal data. */
  readonly reason: string;
  readonly at: Date;
}

/**
 * Extends the deadline to three months after the receipt.
 * @throws FichaError `unknown-request`, `request-is-over`, `notice-too-late`, `extended-before`, `notice-in-future`
 */
export async function extendRequest(tx: Db, requestId: string, given: Extension): Promise<{ dueAt: string }> {
  const { by, noticeAt, reason, at } = given;
  await tx.query(sql`select from privacy_request where id = ${requestId} for update`);
  const { receivedAt, dueAt, firstDueAt, closedAt, country } = await requiredRequest(tx, requestId);
  if (closedAt !== null) throw new FichaError('request-is-over', 'this request is closed; there is no deadline to extend');
  const due = extended({ receivedAt, dueAt, wasExtended: firstDueAt !== null }, noticeAt, at.toISOString(), country ?? 'ES');
  if (typeof due === 'string') throw new FichaError(due, refusals[due]);
  await tx.query(sql`
    update privacy_request set first_due_at = due_at, due_at = ${due.at}, extended_at = ${at}, extension_reason = ${reason}
     where id = ${requestId}`);
  await appendAudit(tx, { actor: by, action: 'request.extend', subject: requestId, facts: { dueDay: due.day, noticeAt }, at });
  return { dueAt: due.at };
}

/**
 * Writes down one person's approval of the plan as it stands.
 * @returns how many different people have approved it by now
 */
export async function noteApproval(
  tx: Db,
  requestId: string,
  { by, at, planHash }: { readonly by: string; readonly at: Date; readonly planHash: string },
): Promise<number> {
  const { approvals } = await requiredRequest(tx, requestId);
  const before = approvals.filter((one) => one.planHash === planHash);
  if (before.some((one) => one.by === by)) return before.length;
  const all = [...before, { by, at: at.toISOString(), planHash }];
  await tx.query(sql`update privacy_request set approvals = ${JSON.stringify(all)}::jsonb where id = ${requestId}`);
  await appendAudit(tx, {
    actor: by,
    action: 'request.approval',
    subject: requestId,
    facts: { planHash, approvals: all.length },
    at,
  });
  return all.length;
}

/** What is to be said of a deadline, and when. */
export interface NextReminder {
  readonly name: string;
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly reason: 'deadline-near' | 'deadline-escalated';
}

/** The next reminder of an open request, undefined when nothing is left to say. A deadline that moved has its own. */
export async function nextReminderOf(db: Db, requestId: string, policy: PrivacyPolicy): Promise<NextReminder | undefined> {
  const { rows } = await db.query<{ dueAt: string; reminded: readonly string[] }>(sql`
    select due_at as "dueAt", reminded from privacy_request where id = ${requestId} and closed_at is null`);
  const [request] = rows;
  if (request === undefined) return undefined;
  const next = remindersOf(request.dueAt, policy).find(({ name }) => !request.reminded.includes(name));
  return next && { name: next.name, at: next.at, reason: next.escalates ? 'deadline-escalated' : 'deadline-near' };
}

export async function reminderGiven(tx: Db, requestId: string, name: string): Promise<void> {
  await tx.query(sql`update privacy_request set reminded = array_append(reminded, ${name}) where id = ${requestId}`);
}
