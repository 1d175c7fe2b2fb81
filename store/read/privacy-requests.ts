import type { Outcome } from '../../domain/privacy/outcome.ts';
import type { RequestState } from '../../domain/privacy/request-state.ts';
import { FichaError } from '../../domain/record/error.ts';
import type { KeyRing } from '../../platform/keys.ts';
import { openWith } from '../../platform/subject-key.ts';
import type { ErasureCertificate } from '../../schemas/types.ts';
import { type Db, sql } from '../database.ts';
import { subjectKeyOf } from './subject-keys.ts';

/** One privacy request. Times are ISO 8601 UTC, hashes hex; nothing in it is of the person. */
export interface PrivacyRequestRow {
  readonly id: string;
  readonly type: 'access' | 'rectification' | 'erasure' | 'restriction' | 'portability' | 'objection';
  readonly state: RequestState;
  readonly outcome: Outcome | null;
  /** The client as it is now called, when it was merged since; the id stays when the client is gone. */
  readonly clientId: string;
  readonly country: string | null;
  readonly receivedAt: string;
  readonly dueAt: string;
  /** The deadline has passed and the request is open. */
  readonly overdue: boolean;
  readonly planHash: string | null;
  readonly decidedBy: string | null;
  readonly certificate: ErasureCertificate | null;
  readonly closedAt: string | null;
  readonly identityProof: 'login' | 'link' | 'manual';
  /** Null while the person has not proven who they are. */
  readonly identityProvenAt: string | null;
  /** The deadline before it was extended; null when it was not. */
  readonly firstDueAt: string | null;
  /** Erasure: what says nothing of the person without them stays, about nobody. */
  readonly anonymise: boolean;
  /** Objection: marketing or other. */
  readonly scope: 'marketing' | 'other' | null;
  /** Who approved the plan as it stands, oldest first. */
  readonly approvals: readonly { readonly by: string; readonly at: string; readonly planHash: string }[];
  /** How often the same was asked again while it was open. */
  readonly duplicates: number;
}

const columns = sql`
  q.id, q.type, q.state, q.outcome, q.country, q.received_at as "receivedAt", q.due_at as "dueAt",
  coalesce((select a.client_id from client_alias a where a.alias_id = q.client_id), q.client_id) as "clientId",
  q.closed_at is null and q.due_at < now() as overdue, encode(q.plan_hash, 'hex') as "planHash", q.decided_by as "decidedBy", q.certificate, q.closed_at as "closedAt",
  q.identity_proof as "identityProof", q.identity_proven_at as "identityProvenAt", q.first_due_at as "firstDueAt", q.anonymise, q.scope, q.approvals,
  (select count(*)::int from request_duplicate d where d.request_id = q.id) as duplicates`;

export async function privacyRequestById(db: Db, id: string): Promise<PrivacyRequestRow | undefined> {
  const { rows } = await db.query<PrivacyRequestRow>(sql`select ${columns} from privacy_request q where q.id = ${id}`);
  return rows[0];
}

/** @throws FichaError `unknown-request` */
export async function requiredRequest(db: Db, id: string): Promise<PrivacyRequestRow> {
  const request = await privacyRequestById(db, id);
  if (request === undefined) throw new FichaError('unknown-request', `there is no privacy request ${id}`);
  return request;
}

/** Requests in an order, those after the one named `past`; 1 <= limit <= 101. Indexes: primary key, privacy_request_by_deadline. */
export async function privacyRequests(
  db: Db,
  only: { readonly open: boolean; readonly past: string | undefined; readonly order: 'newest' | 'deadline' },
  limit: number,
): Promise<PrivacyRequestRow[]> {
  const past = only.past ?? null;
  const newest = sql`and (${past}::uuid is null or q.id < ${past}::uuid) order by q.id desc`;
  const deadline = sql`
    and (${past}::uuid is null or (q.due_at, q.id) > (select p.due_at, p.id from privacy_request p where p.id = ${past}::uuid))
    order by q.due_at, q.id`;
  const { rows } = await db.query<PrivacyRequestRow>(sql`
    select ${columns}
      from privacy_request q
     where ${only.open ? sql`q.closed_at is null` : sql`true`}
       ${only.order === 'newest' ? newest : deadline}
     limit ${limit}`);
  return rows;
}

/** One located record and what will happen to it. */
export interface PlanLineRow {
  readonly id: string;
  readonly linkedSystemId: string;
  readonly kind: string;
  readonly action: string;
  readonly legalBasis: string | null;
  readonly until: string | null;
  readonly state: string;
  readonly residue: readonly { readonly where: string; readonly due: string | null }[];
}

/** The plan of one request in the order of work, at most 5,000 lines. Index: plan_line_request. */
export async function planLinesOf(db: Db, requestId: string): Promise<PlanLineRow[]> {
  const { rows } = await db.query<PlanLineRow>(sql`
    select id, linked_system_id as "linkedSystemId", kind, action, legal_basis as "legalBasis", until, state, residue
      from plan_line
     where request_id = ${requestId}
     order by linked_system_id, position, record_hash
     limit 5000`);
  return rows;
}

/** What a linked system answered. */
export interface EvidenceRow {
  readonly id: string;
  readonly lineId: string | null;
  readonly linkedSystemId: string;
  readonly verb: string;
  /** What was asked; left out where it was not noted, so that the digests of before stay. */
  readonly query?: string;
  readonly result: string;
  readonly status: number | null;
  readonly countBefore: number | null;
  readonly countAfter: number | null;
  readonly vendorRequestId: string | null;
  readonly digest: string | null;
  readonly at: string;
}

/** Evidence of one request in order of time, at most 20,000 rows. Index: evidence_request. */
export async function evidenceOf(db: Db, requestId: string): Promise<EvidenceRow[]> {
  const { rows } = await db.query<EvidenceRow & { query: string | null }>(sql`
    select id, line_id as "lineId", linked_system_id as "linkedSystemId", verb, query, result, status, count_before as "countBefore",
           count_after as "countAfter", vendor_request_id as "vendorRequestId", encode(digest, 'hex') as digest, at
      from evidence
     where request_id = ${requestId}
     order by id
     limit 20000`);
  return rows.map(({ query, ...row }) => (query === null ? row : { ...row, query }));
}

/** What the person wants changed, sealed under the subject key. @throws FichaError `no-details` */
export async function requestDetails(db: Db, requestId: string): Promise<Buffer> {
  const { rows } = await db.query<{ details: Buffer | null }>(sql`select details from privacy_request where id = ${requestId}`);
  const details = rows[0]?.details ?? null;
  if (details === null) throw new FichaError('no-details', `request ${requestId} does not say what to change`);
  return details;
}

/** Whether the package of a request was made; one that was fetched since was made too. */
export async function isPacked(db: Db, requestId: string): Promise<boolean> {
  const { rows } = await db.query<{ packed: boolean }>(sql`
    select package is not null or closed_at is not null as packed from privacy_request where id = ${requestId}`);
  return rows[0]?.packed ?? false;
}

/**
 * The portability package of one closed request, decrypted: JSON text of schemas/evidence/portability-package.schema.json.
 * @throws FichaError `unknown-request`, `package-not-ready`, `subject-key-destroyed`
 */
export async function readPackage(db: Db, keys: KeyRing, requestId: string): Promise<string> {
  await requiredRequest(db, requestId);
  const { rows } = await db.query<{ package: Buffer | null }>(sql`select package from privacy_request where id = ${requestId}`);
  const sealed = rows[0]?.package ?? null;
  if (sealed === null) {
    throw new FichaError(
      'package-not-ready',
      'this request has no package: it is not closed, gives nothing out, or the package was fetched or has expired',
    );
  }
  return openWith(await subjectKeyOf(db, keys, requestId), sealed).toString('utf8');
}
