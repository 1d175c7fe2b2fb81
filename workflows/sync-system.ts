import { ActivityFailure, ApplicationFailure, executeChild, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { SyncActivities } from '../activities/sync.ts';
import type { SyncOrder } from './messages.ts';
import { projectAnalytics } from './project-analytics.ts';
import { propagateConsent } from './propagate-consent.ts';
import { resolveRecords } from './resolve-records.ts';
import { settleTombstoneHits } from './settle-tombstone-hits.ts';
import { timeOrderedId } from './time-ordered-id.ts';

const { beginSync, endSync } = proxyActivities<SyncActivities>({
  startToCloseTimeout: '1 minute',
  retry: { maximumInterval: '30 seconds', maximumAttempts: 10 },
});
const { syncStream } = proxyActivities<SyncActivities>({
  startToCloseTimeout: '12 hours',
  heartbeatTimeout: '20 seconds',
  retry: { maximumInterval: '1 minute', maximumAttempts: 20 },
});

/**
 * Pulls one linked system: every stream page by page into source records, then resolves clients, passes opt-outs on, brings sales
 * to the metrics, and erases again what came back of erased people.
 */
export async function syncSystem({ systemId, mode }: SyncOrder): Promise<{ readonly runId: string }> {
  const runId = timeOrderedId();
  try {
    const { streams } = await beginSync({ runId, systemId, mode });
    for (const stream of streams) await syncStream({ runId, systemId, stream, mode });
  } catch (error) {
    await endSync({ runId, state: 'failed', errorCode: codeOf(error) });
    throw error;
  }
  const { workflowId } = workflowInfo();
  const child = (name: string) => ({ workflowId: `${workflowId}/${runId}/${name}` });
  await executeChild(resolveRecords, child('resolve'));
  await Promise.all([
    executeChild(propagateConsent, child('consent')),
    executeChild(projectAnalytics, child('project')),
    executeChild(settleTombstoneHits, child('tombstones')),
  ]);
  await endSync({ runId, state: 'done', errorCode: null });
  return { runId };
}

function codeOf(error: unknown): string {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  return cause instanceof ApplicationFailure ? (cause.type ?? 'unexpected') : 'interrupted';
}
