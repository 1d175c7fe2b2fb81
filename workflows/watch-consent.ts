import { continueAsNew, ParentClosePolicy, proxyActivities, startChild, workflowInfo } from '@temporalio/workflow';
import type { WatchActivities } from '../activities/watch.ts';
import { type SystemRef, watchQueue } from './messages.ts';
import { timeOrderedId } from './time-ordered-id.ts';
import { workInChanges } from './work-in-changes.ts';

const { awaitConsent } = proxyActivities<WatchActivities>({
  taskQueue: watchQueue,
  startToCloseTimeout: '1 hour',
  heartbeatTimeout: '5 seconds',
  retry: { maximumInterval: '1 minute' },
});

const roundsARun = 200;

/** How the watch goes on. */
export interface WatchOf extends SystemRef {
  readonly restMs?: number;
}

/**
 * Watches what people allow in one linked system, so that an opt-out made there is in every other within a minute, or within some minutes
 * where the system calls by itself and a webhook was lost.
 * What it finds is worked in beside it. Ends when the system is not in use.
 */
export async function watchConsent({ systemId, restMs: restBefore = 0 }: WatchOf): Promise<void> {
  let restMs = restBefore;
  for (let round = 0; round < roundsARun; round += 1) {
    const seen = await awaitConsent({ systemId, restMs });
    if (seen.over) return;
    restMs = seen.restMs;
    if (seen.changed === 0) continue;
    const workflowId = `${workflowInfo().workflowId}/${timeOrderedId()}`;
    await startChild(workInChanges, { workflowId, parentClosePolicy: ParentClosePolicy.ABANDON, args: [] });
  }
  await continueAsNew<typeof watchConsent>({ systemId, restMs });
}
