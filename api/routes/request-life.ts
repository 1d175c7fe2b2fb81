import type { Hono } from 'hono';
import { privacyPolicy as shipped } from '../../domain/privacy/privacy-policy.ts';
import { mayMove } from '../../domain/privacy/request-state.ts';
import { FichaError } from '../../domain/record/error.ts';
import type { ExtendRequest } from '../../schemas/types.ts';
import { hasActed } from '../../store/read/evidence.ts';
import { requiredRequest } from '../../store/read/privacy-requests.ts';
import { proveByHand } from '../../store/write/privacy-identity.ts';
import { extendRequest } from '../../store/write/privacy-life.ts';
import { type Decision, decideSignal, lookAgainSignal, workflowIdOf } from '../../workflows/messages.ts';
import { bodyOf, type CommandDeps, type CommandEnv, demand } from '../context.ts';

/**
 * POST /v1/requests/:id/extend, /cancel, /identity: what happens to a request between its receipt and its end.
 */
export function requestLifeRoutes(app: Hono<CommandEnv>, { db, now, temporal, privacyPolicy = shipped }: CommandDeps): void {
  app.post('/v1/requests/:id/extend', async (c) => {
    const { subject: by } = demand(c, 'decide-request');
    const requestId = c.req.param('id');
    const { noticeAt, reason } = await bodyOf<ExtendRequest>(c, 'extend-request');
    const notice = new Date(noticeAt).toISOString();
    return c.json(await db.transaction((tx) => extendRequest(tx, requestId, { by, noticeAt: notice, reason, at: now() })), 200);
  });

  app.post('/v1/requests/:id/cancel', async (c) => {
    const { subject: by } = demand(c, 'decide-request');
    const requestId = c.req.param('id');
    const { state } = await requiredRequest(db, requestId);
    if (state === 'cancelled') return c.json({ requestId, decision: 'cancelled' }, 202); // told again
    if (!mayMove(state, 'cancelled') || (await hasActed(db, requestId))) {
      throw new FichaError(
        'too-late',
        `a request that is ${state} cannot be cancelled: what was done in the systems cannot be undone`,
      );
    }
    const decision: Decision = { kind: 'cancelled', by };
    await temporal.workflow.getHandle(workflowIdOf.request(requestId)).signal(decideSignal, decision);
    return c.json({ requestId, decision: 'cancelled' }, 202);
  });

  app.post('/v1/requests/:id/identity', async (c) => {
    const { subject: by } = demand(c, 'decide-request');
    const requestId = c.req.param('id');
    const proven = await db.transaction((tx) => proveByHand(tx, requestId, { by, at: now(), policy: privacyPolicy }));
    await temporal.workflow.getHandle(workflowIdOf.request(requestId)).signal(lookAgainSignal);
    return c.json(proven, 202);
  });
}
