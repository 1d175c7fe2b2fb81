import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { Hono } from 'hono';
import { privacyPolicy } from '../../domain/privacy/privacy-policy.ts';
import { FichaError } from '../../domain/record/error.ts';
import type { OpenRequest } from '../../schemas/types.ts';
import { openRequest } from '../../store/write/privacy-openings.ts';
import { taskQueue, workflowIdOf } from '../../workflows/messages.ts';
import { bodyOf, type CommandDeps, type CommandEnv, demand } from '../context.ts';

/**
 * POST /v1/requests: opens a privacy request and starts its workflow; 202 with its id and deadline. The same asked again while it is
 * open is linked to it (`duplicate`), and starts its workflow when that never began. With identity `link`, send `identityPath` to an
 * address on the ficha: it works once.
 */
export function openRequestRoute(app: Hono<CommandEnv>, { db, keys, temporal, now }: CommandDeps): void {
  app.post('/v1/requests', async (c) => {
    const { subject } = demand(c, 'open-request');
    const { receivedAt, ...asked } = await bodyOf<OpenRequest>(c, 'open-request');
    const at = receivedAt ? new Date(receivedAt) : now();
    if (at > now()) throw new FichaError('bad-body', 'receivedAt: lies in the future; say when the person asked');
    const { identityToken, ...opened } = await db.transaction((tx) =>
      openRequest(tx, keys, { ...asked, openedBy: subject, at }, privacyPolicy.identityLinkDays),
    );
    const { requestId } = opened;
    const workflowId = workflowIdOf.request(requestId);
    try {
      await temporal.workflow.start('runPrivacyRequest', { workflowId, taskQueue, args: [{ requestId }] });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error; // a duplicate: it runs
    }
    return c.json({ ...opened, identityPath: identityToken === null ? null : `/v1/links/identity/${identityToken}` }, 202);
  });
}
