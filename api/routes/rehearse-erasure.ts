import { randomUUID } from 'node:crypto';
import type { Hono } from 'hono';
import { requiredRequest } from '../../store/read/privacy-requests.ts';
import { taskQueue } from '../../workflows/messages.ts';
import { type CommandDeps, type CommandEnv, demand } from '../context.ts';
import { failureOf } from '../worker-failure.ts';

interface Line {
  readonly lineId: string;
  readonly systemId: string;
  readonly action: string;
  readonly answer: string;
}

/**
 * POST /v1/requests/:id/rehearsal: a dry run of the plan of an erasure that waits for its approval. Each system is asked what it would do,
 * with every write left out: `would-erase`, or the code of what stands in the way.
 */
export function rehearseErasureRoute(app: Hono<CommandEnv>, { db, temporal }: CommandDeps): void {
  app.post('/v1/requests/:id/rehearsal', async (c) => {
    demand(c, 'decide-request');
    const requestId = c.req.param('id');
    const { planHash } = await requiredRequest(db, requestId);
    const workflowId = `rehearse-${randomUUID()}`;
    try {
      const lines = (await temporal.workflow.execute('rehearseErasure', {
        workflowId,
        taskQueue,
        args: [{ requestId }],
      })) as readonly Line[]; // of our own workflow
      return c.json({ requestId, planHash, lines });
    } catch (error) {
      throw failureOf(error);
    }
  });
}
