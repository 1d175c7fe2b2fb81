import { createHash } from 'node:crypto';
import { type Signature, signBody } from '../../domain/privacy/signature.ts';
import { canonicalJson } from '../../domain/record/canonical-json.ts';
import { FichaError } from '../../domain/record/error.ts';
import type { KeyRing } from '../../platform/keys.ts';
import type { Database } from '../database.ts';
import { readPackage, requiredRequest } from '../read/privacy-requests.ts';
import { appendAudit } from './audit.ts';

/** A package with what it is and who says so. */
export interface SignedPackage {
  readonly about: { readonly requestId: string; readonly sha256: string; readonly sentAt: string };
  readonly signature: Signature;
  readonly package: unknown;
}

/** Who sends which package where to. */
export interface Transfer {
  readonly requestId: string;
  readonly actor: string;
  /** For the audit log: a host, or a linked system. */
  readonly place: { readonly host: string } | { readonly systemId: string };
}

export interface Transferred {
  readonly status: number;
  readonly sha256: string;
  readonly keyId: string;
  readonly sentAt: string;
}

/**
 * Sends the package of a closed portability request to another controller. That it is about to leave is in the audit log before it does:
 * a package that may have left is there whatever happens.
 * @param push says the status of the answer; throws when nobody can tell whether it arrived
 * @throws FichaError `not-portability`, `not-closed`, `transfer-refused`
 * @see Regulation (EU) 2016/679, art. 20(2)
 */
export async function transferPackage(
  { db, keys, now }: { readonly db: Database; readonly keys: KeyRing; readonly now: () => Date },
  { requestId, actor, place }: Transfer,
  push: (signed: SignedPackage) => Promise<number>,
): Promise<Transferred> {
  const { type, closedAt } = await requiredRequest(db, requestId);
  if (type !== 'portability')
    throw new FichaError('not-portability', `an answer to a request of type ${type} goes to the person alone`);
  if (closedAt === null) throw new FichaError('not-closed', 'the package is ready once the request is closed');
  const carried: unknown = JSON.parse(await readPackage(db, keys, requestId));
  const sha256 = createHash('sha256').update(canonicalJson(carried)).digest('hex');
  const about = { requestId, sha256, sentAt: now().toISOString() };
  const signature = signBody(about, keys.deriveSecret('certificate'));
  const note = async (step: Readonly<Record<string, string | number>>): Promise<void> => {
    const facts = { ...place, sha256, ...step };
    await db.transaction((tx) => appendAudit(tx, { actor, action: 'package.transfer', subject: requestId, facts, at: now() }));
  };
  await note({ step: 'sending' });
  const status = await push({ about, signature, package: carried });
  await note({ step: 'answered', status });
  if (status < 200 || status > 299) {
    const where = 'host' in place ? place.host : place.systemId;
    throw new FichaError(
      'transfer-refused',
      `${where} answered ${status} and did not take the package; ask there what it misses`,
    );
  }
  return { status, sha256, keyId: signature.keyId, sentAt: about.sentAt };
}
