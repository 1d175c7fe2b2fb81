import { proxyActivities } from '@temporalio/workflow';
import type { SyncActivities } from '../../activities/sync.ts';
import { pullStream } from '../../workflows/pull-stream.ts';
import { pullAttempts } from './pull-attempts.ts';

const { beginSync, endSync } = proxyActivities<SyncActivities>({ startToCloseTimeout: '1 minute' });
const { syncStream } = proxyActivities<SyncActivities>({
  startToCloseTimeout: '12 hours',
  heartbeatTimeout: '10 seconds',
  retry: { maximumInterval: '1 second', maximumAttempts: pullAttempts },
});

/**
 * A pull alone, as `syncSystem` does it, by workers whose death is noticed soon and whose work is given up soon; what follows a pull is left
 * out.
 */
export async function pullAlone({ systemId, runId }: { readonly systemId: string; readonly runId: string }): Promise<void> {
  const { streams } = await beginSync({ runId, systemId, mode: 'full' });
  for (const stream of streams) await pullStream(syncStream, { runId, systemId, stream, mode: 'full' });
  await endSync({ runId, state: 'done', errorCode: null });
}
