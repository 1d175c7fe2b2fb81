import { createHash, randomBytes } from 'node:crypto';
import { dueAfterIdentity } from '../../domain/privacy/privacy-policy.ts';
import { FichaError } from '../../domain/record/error.ts';
import type { PrivacyPolicy } from '../../schemas/types.ts';
import { type Db, sql } from '../database.ts';
import { appendAudit } from './audit.ts';

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

/** What a link to an address on the ficha holds; only its hash is kept. */
export const identityLink = (at: Date, days: number): { token: string; hash: Buffer; expiresAt: Date } => {
  const token = randomBytes(32).toString('base64url');
  return { token, hash: hashOf(token), expiresAt: new Date(at.getTime() + days * 24 * 3_600_000) };
};

interface Asked {
  readonly id: string;
  readonly receivedAt: string;
  readonly askedAt: string | null;
  readonly country: string | null;
  readonly provenAt: string | null;
}

interface Proof {
  readonly by: string;
  readonly how: 'link' | 'manual';
  readonly at: Date;
  readonly policy: PrivacyPolicy;
}

const prove = async (tx: Db, found: Asked, { by, how, at, policy }: Proof): Promise<{ requestId: string; dueAt: string }> => {
  const { id: requestId, receivedAt, askedAt, country } = found;
  const moments = { receivedAt, askedAt: askedAt ?? receivedAt, provenAt: at.toISOString() };
  const due = dueAfterIdentity(moments, country ?? 'ES', policy);
  await tx.query(sql`
    update privacy_request set identity_proven_at = ${at}, identity_token = null, due_at = ${due.at} where id = ${requestId}`);
  await appendAudit(tx, { actor: by, action: 'request.identity', subject: requestId, facts: { how, dueDay: due.day }, at });
  return { requestId, dueAt: due.at };
};

const columns = sql`
  id, received_at as "receivedAt", identity_asked_at as "askedAt", country, identity_proven_at as "provenAt"`;

/**
 * The person followed the link: it works once. The deadline is counted anew where the clock stood.
 * @throws FichaError `no-such-link`, one answer to a wrong, used or expired one
 */
export async function proveByLink(
  tx: Db,
  token: string,
  at: Date,
  policy: PrivacyPolicy,
): Promise<{ requestId: string; dueAt: string }> {
  const { rows } = await tx.query<Asked>(sql`
    select ${columns} from privacy_request
     where identity_token = ${hashOf(token)} and identity_expires_at > ${at} and closed_at is null for update`);
  if (rows[0] === undefined) throw new FichaError('no-such-link', 'this link was used, has expired, or never was');
  return await prove(tx, rows[0], { by: 'data-subject', how: 'link', at, policy });
}

/** A data-protection officer vouches for the person, without a copy of an identity card. @throws FichaError `unknown-request`, `already-proven` */
export async function proveByHand(
  tx: Db,
  requestId: string,
  given: { readonly by: string; readonly at: Date; readonly policy: PrivacyPolicy },
): Promise<{ requestId: string; dueAt: string }> {
  const { rows } = await tx.query<Asked>(sql`
    select ${columns} from privacy_request where id = ${requestId} and closed_at is null for update`);
  const [found] = rows;
  if (found === undefined) throw new FichaError('unknown-request', 'no open privacy request has this id');
  if (found.provenAt !== null) throw new FichaError('already-proven', 'the identity of this person was proven before');
  return await prove(tx, found, { ...given, how: 'manual' });
}
