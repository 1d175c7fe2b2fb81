import { createHash } from 'node:crypto';
import type { Hono } from 'hono';
import { privacyPolicy as shipped } from '../../domain/privacy/privacy-policy.ts';
import { signBody } from '../../domain/privacy/signature.ts';
import { canonicalJson } from '../../domain/record/canonical-json.ts';
import { FichaError } from '../../domain/record/error.ts';
import type { PrivacyPolicy, TransferPackage } from '../../schemas/types.ts';
import { readPackage, requiredRequest } from '../../store/read/privacy-requests.ts';
import { appendAudit } from '../../store/write/audit.ts';
import { bodyOf, type CommandDeps, type CommandEnv, demand } from '../context.ts';

const timeoutMs = 60_000;

/** Only where the controller's own policy allows it: a package is all that is known of a person. */
function assertAgreed(text: string, { transferHosts = [] }: PrivacyPolicy): URL {
  const url = new URL(text); // its schema says that it is one
  const isLocal = url.hostname === '127.0.0.1' || url.hostname === 'localhost';
  if (url.protocol !== 'https:' && !isLocal) throw new FichaError('bad-body', 'url: https only');
  if (!transferHosts.includes(url.host)) {
    throw new FichaError(
      'host-not-agreed',
      `${url.host} is not among transferHosts of policies/privacy.json; add it once it is agreed, and start again`,
    );
  }
  return url;
}

/** The status of the answer. @throws FichaError `transfer-unknown`: it may have arrived */
async function push(url: URL, requestId: string, body: string): Promise<number> {
  try {
    const headers = { 'content-type': 'application/json', 'idempotency-key': requestId };
    const answer = await fetch(url, { method: 'POST', headers, body, redirect: 'error', signal: AbortSignal.timeout(timeoutMs) });
    await answer.body?.cancel();
    return answer.status;
  } catch (cause) {
    throw new FichaError(
      'transfer-unknown',
      `${url.host} did not answer: it may have the package or not. Ask there, then send it again: the Idempotency-Key stays ${requestId}`,
      { cause },
    );
  }
}

/**
 * POST /v1/requests/:id/transfer: sends the package of a closed portability request to another controller, signed. What was sent, where to
 * and what was answered is in the audit log. The person can fetch the package all the same.
 * @see Regulation (EU) 2016/679, art. 20(2)
 */
export function transferPackageRoute(app: Hono<CommandEnv>, { db, keys, now, privacyPolicy = shipped }: CommandDeps): void {
  app.post('/v1/requests/:id/transfer', async (c) => {
    const { subject: actor } = demand(c, 'read-package');
    const { url: text } = await bodyOf<TransferPackage>(c, 'transfer-package');
    const url = assertAgreed(text, privacyPolicy);
    const requestId = c.req.param('id');
    const { type, closedAt } = await requiredRequest(db, requestId);
    if (type !== 'portability')
      throw new FichaError('not-portability', `an answer to a request of type ${type} goes to the person alone`);
    if (closedAt === null) throw new FichaError('not-closed', 'the package is ready once the request is closed');
    const carried: unknown = JSON.parse(await readPackage(db, keys, requestId));
    const sha256 = createHash('sha256').update(canonicalJson(carried)).digest('hex');
    const about = { requestId, sha256, sentAt: now().toISOString() };
    const signature = signBody(about, keys.deriveSecret('certificate'));
    const note = async (facts: Readonly<Record<string, string | number>>): Promise<void> => {
      const entry = {
        actor,
        action: 'package.transfer',
        subject: requestId,
        facts: { host: url.host, sha256, ...facts },
        at: now(),
      };
      await db.transaction((tx) => appendAudit(tx, entry));
    };
    await note({ step: 'sending' }); // before it leaves: a package that may have left is in the log whatever happens
    const status = await push(url, requestId, JSON.stringify({ about, signature, package: carried }));
    await note({ step: 'answered', status });
    if (status < 200 || status > 299) {
      throw new FichaError(
        'transfer-refused',
        `${url.host} answered ${status} and did not take the package; ask there what it misses`,
      );
    }
    return c.json({ requestId, host: url.host, status, sha256, keyId: signature.keyId, sentAt: about.sentAt }, 200);
  });
}
