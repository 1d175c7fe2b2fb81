import type { Outcome } from '../../domain/privacy/outcome.ts';
import { assertMove, type RequestState } from '../../domain/privacy/request-state.ts';
import { FichaError } from '../../domain/record/error.ts';
import type { ErasureCertificate } from '../../schemas/types.ts';
import { type Db, empty, sql } from '../database.ts';
import { appendAudit, type AuditNote } from './audit.ts';

export interface Move {
  readonly to: RequestState;
  readonly at: Date;
  readonly actor?: string;
  readonly facts?: AuditNote['facts'];
}

/**
 * Moves a request on in its life, with its audit entry; a move to where it is already does nothing, so a retry is harmless.
 * @throws FichaError `request-move-refused`, `unknown-request`
 */
export async function moveRequest(tx: Db, requestId: string, { to, at, actor = 'ficha', facts = {} }: Move): Promise<void> {
  const { rows } = await tx.query<{ state: RequestState }>(sql`
    select state from privacy_request where id = ${requestId} for update`);
  const from = rows[0]?.state;
  if (from === undefined) throw new FichaError('unknown-request', `there is no privacy request ${requestId}`);
  if (from === to) return;
  assertMove(from, to);
  const over = to === 'closed' || to === 'refused' || to === 'cancelled' ? sql`, closed_at = ${at}` : empty;
  await tx.query(sql`update privacy_request set state = ${to} ${over} where id = ${requestId}`);
  await appendAudit(tx, { actor, action: `request.${to}`, subject: requestId, facts, at });
}

/** Freezes the plan that people see. A plan that changed takes the decision on the old one away. */
export async function freezePlan(tx: Db, requestId: string, planHash: Buffer): Promise<void> {
  await tx.query(sql`
    update privacy_request
       set decided_by = case when plan_hash is not distinct from ${planHash} then decided_by end,
           decided_at = case when plan_hash is not distinct from ${planHash} then decided_at end,
           approvals = case when plan_hash is not distinct from ${planHash} then approvals else '[]' end,
           plan_hash = ${planHash}
     where id = ${requestId}`);
}

/** Writes down who decided. The reason of a refusal stays in its row: it is free text, so it is not in the audit log. */
export async function saveDecision(
  tx: Db,
  requestId: string,
  decision: { readonly by: string; readonly at: Date; readonly reason?: string },
): Promise<void> {
  await tx.query(sql`
    update privacy_request
       set decided_by = ${decision.by}, decided_at = ${decision.at}, decision_reason = ${decision.reason ?? null}
     where id = ${requestId}`);
}

/** Writes down what the evidence says so far; with a certificate when it is the last word. */
export async function saveOutcome(
  tx: Db,
  requestId: string,
  outcome: Outcome,
  certificate: ErasureCertificate | null = null,
): Promise<void> {
  await tx.query(sql`
    update privacy_request
       set outcome = ${outcome}, certificate = coalesce(${certificate === null ? null : JSON.stringify(certificate)}::jsonb, certificate)
     where id = ${requestId}`);
}

/** Keeps the sealed package until it is fetched or expires, and lets go of the pieces it was made from. The first one stays. */
export async function savePackage(tx: Db, requestId: string, sealed: Buffer, expiresAt: Date): Promise<void> {
  const { rowCount } = await tx.query(sql`
    update privacy_request set package = ${sealed}, package_expires_at = ${expiresAt}
     where id = ${requestId} and package is null and closed_at is null`);
  if (rowCount > 0) await tx.query(sql`update plan_line set exported = null where request_id = ${requestId}`);
}
