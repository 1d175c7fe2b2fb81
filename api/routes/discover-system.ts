import { randomUUID } from 'node:crypto';
import type { Hono } from 'hono';
import { FichaError } from '../../domain/record/error.ts';
import { linkedSystemById } from '../../store/read/linked-systems.ts';
import { taskQueue } from '../../workflows/messages.ts';
import { type CommandDeps, type CommandEnv, demand } from '../context.ts';
import { failureOf } from '../worker-failure.ts';

/** POST /v1/systems/:id/discover: what the account of a linked system offers, by part, and what its plan or rights do not. Writes nothing. */
export function discoverSystemRoute(app: Hono<CommandEnv>, { db, temporal }: CommandDeps): void {
  app.post('/v1/systems/:id/discover', async (c) => {
    demand(c, 'link-system');
    const systemId = c.req.param('id');
    if (!(await linkedSystemById(db, systemId)))
      throw new FichaError('unknown-system', 'no linked system has this id; `ficha system list` shows those there are');
    const workflowId = `discover-${randomUUID()}`;
    try {
      return c.json(await temporal.workflow.execute('discoverSystem', { workflowId, taskQueue, args: [{ systemId }] }));
    } catch (error) {
      throw failureOf(error);
    }
  });
}
