import { createHash, randomBytes } from 'node:crypto';
import type { AuditAction } from '../../domain/record/audit-action.ts';
import { FichaError } from '../../domain/record/error.ts';
import type { KeyRing } from '../../platform/keys.ts';
import { openWith } from '../../platform/subject-key.ts';
import { type Db, sql } from '../database.ts';
import { subjectKeyOf } from '../read/subject-keys.ts';
import { appendAudit } from './audit.ts';
import { destroySubjectKey } from './subject-keys.ts';

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

/** A way for the person to fetch the package once. `token` is shown now and never again. */
export interface PackageLink {
  readonly token: string;
  /** ISO 8601 UTC. */
  readonly expiresAt: string;
}

/**
 * Makes a link by which the person fetches the package of a closed request, once, until it expires. A new link ends the old one.
 * @throws FichaError `package-not-ready`
 */
export async function makePackageLink(
  tx: Db,
  requestId: string,
  given: { readonly by: string; readonly at: Date; readonly days: number },
): Promise<PackageLink> {
  const token = randomBytes(32).toString('base64url');
  const expiresAt = new Date(given.at.getTime() + given.days * 24 * 3_600_000);
  const { rowCount } = await tx.query(sql`
    update privacy_request set package_token = ${hashOf(token)}, package_expires_at = ${expiresAt}
     where id = ${requestId} and package is not null and closed_at is not null`);
  if (rowCount === 0) {
    throw new FichaError(
      'package-not-ready',
      'this request has no package: it is not closed, or the package was fetched or has expired',
    );
  }
  const facts = { expiresAt: expiresAt.toISOString() };
  await appendAudit(tx, { actor: given.by, action: 'package.link', subject: requestId, facts, at: given.at });
  return { token, expiresAt: expiresAt.toISOString() };
}

/** The package goes, and with it the key that opens it. */
const destroyPackage = async (tx: Db, requestId: string, action: AuditAction, at: Date): Promise<void> => {
  await tx.query(sql`
    update privacy_request set package = null, package_token = null where id = ${requestId}`);
  await destroySubjectKey(tx, requestId, at);
  await appendAudit(tx, { actor: 'ficha', action, subject: requestId, at });
};

/**
 * Hands the package to who holds the token, once: then package and key are destroyed. To a wrong, used or expired token the answer is
 * one and the same.
 * @throws FichaError `no-package`
 */
export async function fetchPackage(tx: Db, keys: KeyRing, token: string, at: Date): Promise<string> {
  const { rows } = await tx.query<{ id: string; package: Buffer }>(sql`
    select id, package from privacy_request
     where package_token = ${hashOf(token)} and package is not null and package_expires_at > ${at}
     for update`);
  const [found] = rows;
  if (found === undefined) {
    throw new FichaError('no-package', 'this link was used, has expired, or never was; ask for a new one');
  }
  const text = openWith(await subjectKeyOf(tx, keys, found.id), found.package).toString('utf8');
  await tx.query(sql`update privacy_request set package_fetched_at = ${at} where id = ${found.id}`);
  await destroyPackage(tx, found.id, 'package.fetched', at);
  return text;
}

/** Destroys packages whose link has expired. @returns how many */
export async function dropExpiredPackages(tx: Db, now: Date): Promise<number> {
  const { rows } = await tx.query<{ id: string }>(sql`
    select id from privacy_request where package is not null and package_expires_at <= ${now} order by id limit 500 for update`);
  for (const { id } of rows) await destroyPackage(tx, id, 'package.expired', now);
  return rows.length;
}
