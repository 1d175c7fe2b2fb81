import { randomUUID } from 'node:crypto';
import type { Hono } from 'hono';
import { privacyPolicy as shipped } from '../../domain/privacy/privacy-policy.ts';
import { FichaError } from '../../domain/record/error.ts';
import type { PrivacyPolicy, TransferPackage } from '../../schemas/types.ts';
import { linkedSystemById } from '../../store/read/linked-systems.ts';
import { type SignedPackage, transferPackage, type Transferred } from '../../store/write/package-transfer.ts';
import { taskQueue } from '../../workflows/messages.ts';
import { bodyOf, type CommandDeps, type CommandEnv, demand } from '../context.ts';
import { failureOf } from '../worker-failure.ts';

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
async function push(url: URL, signed: SignedPackage): Promise<number> {
  const { requestId } = signed.about;
  try {
    const headers = { 'content-type': 'application/json', 'idempotency-key': requestId };
    const body = JSON.stringify(signed);
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

/** By the connector of a linked system, in the worker, which alone opens one. */
async function byConnector(
  { db, temporal }: Pick<CommandDeps, 'db' | 'temporal'>,
  order: { readonly requestId: string; readonly systemId: string; readonly actor: string },
): Promise<Transferred> {
  if ((await linkedSystemById(db, order.systemId)) === undefined)
    throw new FichaError('unknown-system', 'no linked system has this id; `ficha system list` shows those there are');
  const workflowId = `transfer-${randomUUID()}`;
  try {
    return (await temporal.workflow.execute('transferPackage', { workflowId, taskQueue, args: [order] })) as Transferred; // of our own workflow
  } catch (error) {
    throw failureOf(error);
  }
}

/**
 * POST /v1/requests/:id/transfer: sends the package of a closed portability request to another controller, signed: to an agreed address, or
 * by the connector of a linked system that takes packages. What was sent, where to and what was answered is in the audit log. The person
 * can fetch the package all the same.
 * @see Regulation (EU) 2016/679, art. 20(2)
 */
export function transferPackageRoute(app: Hono<CommandEnv>, deps: CommandDeps): void {
  const { privacyPolicy = shipped, handPackageOver = push } = deps;
  app.post('/v1/requests/:id/transfer', async (c) => {
    const { subject: actor } = demand(c, 'read-package');
    const { url: text, systemId } = await bodyOf<TransferPackage>(c, 'transfer-package');
    const requestId = c.req.param('id');
    if (systemId !== undefined)
      return c.json({ requestId, systemId, ...(await byConnector(deps, { requestId, systemId, actor })) }, 200);
    const url = assertAgreed(text ?? '', privacyPolicy);
    const sent = await transferPackage(deps, { requestId, actor, place: { host: url.host } }, (signed) =>
      handPackageOver(url, signed),
    );
    return c.json({ requestId, host: url.host, ...sent }, 200);
  });
}
