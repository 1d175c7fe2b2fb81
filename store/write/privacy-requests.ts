import { dueDate } from '../../domain/privacy/due-date.ts';
import type { Outcome } from '../../domain/privacy/outcome.ts';
import { assertMove, type RequestState } from '../../domain/privacy/request-state.ts';
import { FichaError } from '../../domain/record/error.ts';
import type { KeyRing } from '../../platform/keys.ts';
import type { ErasureCertificate } from '../../schemas/types.ts';
import { type Db, empty, sql } from '../database.ts';
import { appendAudit, type AuditNote } from './audit.ts';
import { createSubjectKey } from './subject-keys.ts';

export interface NewRequest {
  readonly type: 'erasure' | 'portability';
  readonly clientId: string;
  /** Subject of the token that opened it, never the data subject. */
  readonly openedBy: string;
  /** When the person asked: the deadline counts from here. */
  readonly at: Date;
  readonly country?: string | undefined;
}

export interface OpenedRequest {
  readonly requestId: string;
  /** ISO 8601 UTC. */
  readonly dueAt: string;
}

/** Country whose month and holidays count when none is given: those of the policy's controller. */
const DEFAULT_COUNTRY = 'ES';

const assertOpenable = async (tx: Db, clientId: string): Promise<void> => {
  const { rows } = await tx.query<{ kind: string }>(sql`select kind from client where id = ${clientId} for update`);
  if (rows[0] === undefined) throw new FichaError('unknown-client', 'no client has this id');
  if (rows[0].kind !== 'person') {
    throw new FichaError('not-a-person', 'a company has no rights of a data subject; open the request for its contact, a person');
  }
  const { rows: others } = await tx.query<{ id: string }>(sql`
    select id from privacy_request where client_id = ${clientId} and closed_at is null limit 1`);
  if (others[0] !== undefined) {
    throw new FichaError(
      'request-already-open',
      `request ${others[0].id} of this client is still open; finish or refuse it first`,
    );
  }
};

/**
 * Opens a request with its deadline and the person's data key, and its audit entry. The caller starts its workflow.
 * @throws FichaError `unknown-client`, `not-a-person`, `request-already-open`
 */
export async function openRequest(tx: Db, keys: KeyRing, request: NewRequest): Promise<OpenedRequest> {
  const { type, clientId, openedBy, at, country } = request;
  await assertOpenable(tx, clientId);
  const due = dueDate(at.toISOString(), country ?? DEFAULT_COUNTRY);
  const keyId = await createSubjectKey(tx, keys, at);
  const { rows } = await tx.query<{ id: string }>(sql`
    insert into privacy_request (type, client_id, subject_key_id, country, opened_by, received_at, due_at)
    values (${type}, ${clientId}, ${keyId}, ${country ?? null}, ${openedBy}, ${at}, ${due.at})
    returning id`);
  const requestId = rows[0]?.id ?? '';
  await appendAudit(tx, { actor: openedBy, action: 'request.open', subject: requestId, facts: { type, dueDay: due.day }, at });
  return { requestId, dueAt: due.at };
}

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

/** Keeps the sealed portability package and lets go of the pieces it was made from. */
export async function savePackage(tx: Db, requestId: string, sealed: Buffer): Promise<void> {
  await tx.query(sql`update privacy_request set package = ${sealed} where id = ${requestId}`);
  await tx.query(sql`update plan_line set exported = null where request_id = ${requestId}`);
}
