import type { Hono } from 'hono';
import { FichaError } from '../../domain/record/error.ts';
import type { DecideRequest } from '../../schemas/types.ts';
import { hasActed } from '../../store/read/evidence.ts';
import { privacyRequestById } from '../../store/read/privacy-requests.ts';
import { type Decision, decideSignal, workflowIdOf } from '../../workflows/messages.ts';
import { bodyOf, type CommandDeps, type CommandEnv, demand } from '../context.ts';

/** POST /v1/decisions: approves the plan that was seen, or refuses the request; 202 once the workflow holds the decision. */
export function decideRequestRoute(app: Hono<CommandEnv>, { db, temporal }: CommandDeps): void {
  app.post('/v1/decisions', async (c) => {
    const { subject } = demand(c, 'decide-request');
    const { requestId, decision, planHash, reason } = await bodyOf<DecideRequest>(c, 'decide-request');
    const request = await privacyRequestById(db, requestId);
    if (!request)
      throw new FichaError('unknown-request', 'no privacy request has this id; `ficha request list` shows those there are');
    if (request.decidedBy !== null || request.closedAt !== null) {
      throw new FichaError('already-decided', 'this request was decided before; the first decision stands');
    }
    if (decision === 'refused' && (await hasActed(db, requestId))) {
      throw new FichaError(
        'too-late',
        'this request has acted in a system: what was done there cannot be undone; carry it to its end',
      );
    }
    if (request.approvals.some(({ by, planHash: seen }) => by === subject && seen === planHash)) {
      throw new FichaError('same-person', 'you approved this plan before: an erasure of this size takes two different people');
    }
    if (decision === 'approved' && request.state !== 'planned') {
      throw new FichaError('not-ready', `the plan is not drawn up yet (${request.state}); try again in a moment`);
    }
    if (decision === 'approved' && planHash !== request.planHash) {
      throw new FichaError(
        'plan-changed',
        'this is not the hash of the plan as it stands; look at the plan again and approve that one',
      );
    }
    const signal: Decision =
      decision === 'approved'
        ? { kind: 'approved', by: subject, planHash: planHash ?? '' }
        : { kind: 'refused', by: subject, reason: reason ?? '' };
    await temporal.workflow.getHandle(workflowIdOf.request(requestId)).signal(decideSignal, signal);
    return c.json({ requestId, decision }, 202);
  });
}
