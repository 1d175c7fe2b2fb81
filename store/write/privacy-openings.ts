import { dueDate } from '../../domain/privacy/due-date.ts';
import { dueAfterIdentity, privacyPolicy } from '../../domain/privacy/privacy-policy.ts';
import type { RequestType } from '../../domain/privacy/plan.ts';
import type { Correction } from '../../domain/privacy/rectification.ts';
import { FichaError } from '../../domain/record/error.ts';
import type { KeyRing } from '../../platform/keys.ts';
import { sealFor } from '../../platform/subject-key.ts';
import type { PrivacyPolicy } from '../../schemas/types.ts';
import { type Db, sql } from '../database.ts';
import type { AskedIdentifier } from '../read/subject-records.ts';
import { appendAudit } from './audit.ts';
import { identityLink } from './privacy-identity.ts';
import { createSubjectKey } from './subject-keys.ts';

export interface NewRequest {
  readonly type: RequestType;
  /** Left out for a person of whom Ficha knows nothing: `lookFor` says by what every system is asked. */
  readonly clientId?: string | undefined;
  readonly lookFor?: readonly AskedIdentifier[] | undefined;
  /** Subject of the token that opened it, never the data subject. */
  readonly openedBy: string;
  /** When the person asked: the deadline counts from here. */
  readonly at: Date;
  /** The client's own country when left out. */
  readonly country?: string | undefined;
  /** How the person proved who they are; with `link` they still have to. */
  readonly identity?: 'login' | 'link' | 'manual' | undefined;
  /** With `link`: the person followed it already, before the request was opened. */
  readonly provenAt?: Date | undefined;
  /** Objection: against marketing it holds at once; against anything else it is decided. */
  readonly scope?: 'marketing' | 'other' | undefined;
  /** Erasure: what says nothing of the person without them stays, about nobody. */
  readonly anonymise?: boolean | undefined;
  /** Rectification: what is wrong and what it must be. */
  readonly changes?: readonly Correction[] | undefined;
}

export interface OpenedRequest {
  readonly requestId: string;
  /** ISO 8601 UTC. */
  readonly dueAt: string;
  /** The same was asked before and is still open: nothing new was opened, and it is noted there. */
  readonly duplicate: boolean;
  /** With identity `link`: what the person's link holds. Shown now and never again. */
  readonly identityToken: string | null;
}

/** Country whose month and holidays count when none is known: those of the policy's controller. */
const DEFAULT_COUNTRY = 'ES';

const openable = async (tx: Db, clientId: string): Promise<{ country: string | null; id: string }> => {
  const { rows } = await tx.query<{ kind: string; country: string | null; id: string }>(sql`
    select kind, country, id from client
     where id = coalesce((select client_id from client_alias where alias_id = ${clientId}), ${clientId}::uuid) for update`);
  const [client] = rows;
  if (client === undefined) throw new FichaError('unknown-client', 'no client has this id; `ficha client find` shows the id');
  if (client.kind !== 'person') {
    throw new FichaError('not-a-person', 'a company has no rights of a data subject; open the request for its contact, a person');
  }
  return client;
};

/** Nobody in Ficha: the request has an id of its own in the client's place, and by what every system is asked. */
const nobody = async (tx: Db, { lookFor = [] }: NewRequest): Promise<{ country: null; id: string }> => {
  if (lookFor.length === 0) {
    throw new FichaError('nobody-named', 'say whom the request is about: a client by "clientId", or addresses by "lookFor"');
  }
  const { rows } = await tx.query<{ id: string }>(sql`select uuidv7() as id`);
  return { country: null, id: rows[0]?.id ?? '' };
};

type Resolved = NewRequest & { readonly clientId: string };

/** The same request while it is open, if there is one; an erasure runs alone. */
const openTwin = async (tx: Db, { type, clientId }: Resolved): Promise<OpenedRequest | undefined> => {
  const { rows } = await tx.query<{ requestId: string; type: string; dueAt: string }>(sql`
    select id as "requestId", type, due_at as "dueAt" from privacy_request
     where client_id = ${clientId} and closed_at is null order by id`);
  const twin = rows.find((row) => row.type === type);
  if (twin !== undefined) return { requestId: twin.requestId, dueAt: twin.dueAt, duplicate: true, identityToken: null };
  const other = rows.find((row) => row.type === 'erasure' || type === 'erasure');
  if (other === undefined) return undefined;
  throw new FichaError(
    'request-already-open',
    `request ${other.requestId} (${other.type}) of this client is still open, and an erasure runs alone; finish, refuse or cancel it first`,
  );
};

const noteDuplicate = async (tx: Db, requestId: string, { openedBy, at }: NewRequest): Promise<void> => {
  await tx.query(sql`
    insert into request_duplicate (request_id, opened_by, received_at) values (${requestId}, ${openedBy}, ${at})`);
  await appendAudit(tx, { actor: openedBy, action: 'request.duplicate', subject: requestId, at });
};

const insertRequest = async (tx: Db, keys: KeyRing, request: Resolved, dueAt: string, linkDays: number) => {
  const {
    type,
    clientId,
    openedBy,
    at,
    identity = 'manual',
    changes,
    country = null,
    lookFor,
    provenAt,
    anonymise = false,
  } = request;
  const key = await createSubjectKey(tx, keys, at);
  const sealed = (value: unknown) => (value === undefined ? null : sealFor(key.plain, Buffer.from(JSON.stringify(value))));
  const link = identity === 'link' && provenAt === undefined ? identityLink(at, linkDays) : undefined;
  const asked = identity === 'link' ? at : null;
  const proven = link === undefined ? (provenAt ?? at) : null;
  const scope = type === 'objection' ? (request.scope ?? 'marketing') : null;
  const { rows } = await tx.query<{ id: string }>(sql`
    insert into privacy_request (type, client_id, subject_key_id, country, opened_by, received_at, due_at, identity_proof, identity_asked_at,
                                 identity_proven_at, identity_token, identity_expires_at, scope, anonymise, details, asked_for)
    values (${type}, ${clientId}, ${key.id}, ${country}, ${openedBy}, ${at}, ${dueAt}, ${identity}, ${asked}, ${proven},
            ${link?.hash ?? null}, ${link?.expiresAt ?? null}, ${scope}, ${type === 'erasure' && anonymise}, ${sealed(changes)}, ${sealed(lookFor)})
    returning id`);
  return { requestId: rows[0]?.id ?? '', identityToken: link?.token ?? null };
};

const dueOf = ({ at, provenAt }: NewRequest, country: string, policy: PrivacyPolicy) => {
  const receivedAt = at.toISOString();
  return provenAt === undefined
    ? dueDate(receivedAt, country)
    : dueAfterIdentity({ receivedAt, askedAt: receivedAt, provenAt: provenAt.toISOString() }, country, policy);
};

/**
 * Opens a request with its deadline and the person's data key, and its audit entry. The caller starts its workflow, unless it is a
 * duplicate of one that is open. A person of whom Ficha knows nothing is looked for in every system all the same.
 * @throws FichaError `unknown-client`, `nobody-named`, `not-a-person`, `request-already-open`, `no-changes`
 */
export async function openRequest(tx: Db, keys: KeyRing, asked: NewRequest, policy = privacyPolicy): Promise<OpenedRequest> {
  const client = asked.clientId === undefined ? await nobody(tx, asked) : await openable(tx, asked.clientId);
  const { lookFor, ...known } = asked;
  const request = {
    ...known,
    ...(asked.clientId === undefined ? { lookFor } : {}),
    clientId: client.id,
    country: asked.country ?? client.country ?? undefined,
  };
  const twin = await openTwin(tx, request);
  if (twin !== undefined) {
    await noteDuplicate(tx, twin.requestId, request);
    return twin;
  }
  const { type, openedBy, at, identity = 'manual', changes = [] } = request;
  if (type === 'rectification' && changes.length === 0) {
    throw new FichaError('no-changes', 'a rectification says what is wrong and what it must be: give "changes"');
  }
  const due = dueOf(request, request.country ?? DEFAULT_COUNTRY, policy);
  const { requestId, identityToken } = await insertRequest(tx, keys, request, due.at, policy.identityLinkDays);
  const facts = { type, dueDay: due.day, identity };
  await appendAudit(tx, { actor: openedBy, action: 'request.open', subject: requestId, facts, at });
  return { requestId, dueAt: due.at, duplicate: false, identityToken };
}
