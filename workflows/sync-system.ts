import {
  ApplicationFailure,
  CancellationScope,
  defineQuery,
  proxyActivities,
  setHandler,
  TemporalFailure,
  workflowInfo,
} from '@temporalio/workflow';
import type { StreamOrder, SyncActivities } from '../activities/sync.ts';
import { afterPull } from './after-pull.ts';
import { progressQuery, type SyncOrder } from './messages.ts';
import { pullStream } from './pull-stream.ts';
import { timeOrderedId } from './time-ordered-id.ts';

const { beginSync, endSync } = proxyActivities<SyncActivities>({
  startToCloseTimeout: '1 minute',
  retry: { maximumInterval: '30 seconds', maximumAttempts: 10 },
});
const { syncStream, replayStream } = proxyActivities<SyncActivities>({
  startToCloseTimeout: '12 hours',
  heartbeatTimeout: '20 seconds',
  retry: { maximumInterval: '1 minute', maximumAttempts: 20 },
});

/** Where a sync is: `at` is the stream that is being pulled, or what comes after the pull. */
export interface SyncProgress {
  readonly runId: string;
  readonly at: string;
  readonly streamsDone: number;
}

/**
 * Pulls one linked system: every stream page by page into source records, or only what is kept aside, then resolves clients, passes opt-outs on, brings sales
 * to the metrics, and erases again what came back of erased people. However it ends, its run is closed.
 */
export async function syncSystem({ systemId, mode }: SyncOrder): Promise<{ readonly runId: string }> {
  const runId = timeOrderedId();
  let progress: SyncProgress = { runId, at: 'begin', streamsDone: 0 };
  setHandler(defineQuery<SyncProgress>(progressQuery), () => progress);
  try {
    const { streams } = await beginSync({ runId, systemId, mode });
    for (const [streamsDone, stream] of streams.entries()) {
      progress = { runId, at: stream, streamsDone };
      await readStream({ runId, systemId, stream }, mode);
    }
    progress = { runId, at: 'resolve', streamsDone: streams.length };
    await afterPull(`${workflowInfo().workflowId}/${runId}`, () => {
      progress = { ...progress, at: 'propagate' };
    });
  } catch (error) {
    await CancellationScope.nonCancellable(() => endSync({ runId, state: 'failed', errorCode: codeOf(error) }));
    throw error;
  }
  await endSync({ runId, state: 'done', errorCode: null });
  return { runId };
}

type Stream = Pick<StreamOrder, 'runId' | 'systemId' | 'stream'>;

/** One stream of the run: pulled, or what is aside of it replayed, by a whole listing where nothing less tells. */
async function readStream(stream: Stream, mode: SyncOrder['mode']): Promise<void> {
  if (mode !== 'replay') await pullStream(syncStream, { ...stream, mode });
  else if ((await replayStream(stream)) === 'read-whole') await pullStream(syncStream, { ...stream, mode: 'full' });
}

/** The code of what failed, however deep below an activity or a child. */
function codeOf(error: unknown): string {
  if (error instanceof ApplicationFailure) return error.type ?? 'unexpected';
  return error instanceof TemporalFailure && error.cause !== undefined ? codeOf(error.cause) : 'interrupted';
}
