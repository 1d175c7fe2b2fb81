import { WorkflowExecutionAlreadyStartedError, type WorkflowHandle } from '@temporalio/client';
import type { Hono } from 'hono';
import type { RunAnalytics } from '../../schemas/types.ts';
import { taskQueue, workflowIdOf } from '../../workflows/messages.ts';
import { bodyOf, type CommandDeps, type CommandEnv, demand } from '../context.ts';

const workflowOf: Readonly<Record<RunAnalytics['work'], string>> = {
  release: 'releaseMetrics',
  'preview-release': 'previewRelease',
  verify: 'verifyAnalytics',
  rebuild: 'rebuildAnalytics',
};

const patienceMs = 20_000;

/** The result, or `still going` when it takes longer than a caller should wait for one answer. */
async function resultOf(handle: WorkflowHandle): Promise<{ readonly result: unknown } | 'still going'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'still going'>((resolve) => {
    timer = setTimeout(() => resolve('still going'), patienceMs);
  });
  try {
    return await Promise.race([handle.result().then((result: unknown) => ({ result })), late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * POST /v1/analytics: releases closed months, verifies or rebuilds. 200 with the result once it is done, 202 while it is going on: the
 * same order again waits for the same work.
 */
export function runAnalyticsRoute(app: Hono<CommandEnv>, { temporal }: CommandDeps): void {
  app.post('/v1/analytics', async (c) => {
    demand(c, 'run-analytics');
    const { work } = await bodyOf<RunAnalytics>(c, 'run-analytics');
    const workflowId = workflowIdOf.analytics(work);
    const handle = await temporal.workflow
      .start(workflowOf[work], { workflowId, taskQueue, args: [] })
      .catch((error: unknown): WorkflowHandle => {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
        return temporal.workflow.getHandle(workflowId);
      });
    const outcome = await resultOf(handle);
    return outcome === 'still going' ? c.json({ work, done: false }, 202) : c.json({ work, done: true, result: outcome.result });
  });
}
