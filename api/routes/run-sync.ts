import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { Hono } from 'hono';
import { FichaError } from '../../domain/record/error.ts';
import type { RunSync } from '../../schemas/types.ts';
import { linkedSystemById } from '../../store/read/linked-systems.ts';
import { taskQueue, workflowIdOf } from '../../workflows/messages.ts';
import { bodyOf, type CommandDeps, type CommandEnv, demand } from '../context.ts';

/** POST /v1/syncs: pulls one linked system now, or replays what is kept aside of it; 202 with the workflow id, 409 when it is being pulled already. */
export function runSyncRoute(app: Hono<CommandEnv>, { db, temporal }: CommandDeps): void {
  app.post('/v1/syncs', async (c) => {
    demand(c, 'run-sync');
    const { systemId, mode = 'incremental' } = await bodyOf<RunSync>(c, 'run-sync');
    if (!(await linkedSystemById(db, systemId))) {
      throw new FichaError('unknown-system', 'no linked system has this id; `ficha system list` shows those there are');
    }
    const workflowId = workflowIdOf.sync(systemId);
    try {
      await temporal.workflow.start('syncSystem', { workflowId, taskQueue, args: [{ systemId, mode }] });
    } catch (cause) {
      if (!(cause instanceof WorkflowExecutionAlreadyStartedError)) throw cause;
      throw new FichaError('already-running', 'this system is being pulled now; wait for that run to end', { cause });
    }
    return c.json({ workflowId }, 202);
  });
}
