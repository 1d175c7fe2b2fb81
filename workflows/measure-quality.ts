import { proxyActivities } from '@temporalio/workflow';
import type { ResolveActivities } from '../activities/resolve.ts';

const { measureDataQuality } = proxyActivities<ResolveActivities>({
  startToCloseTimeout: '20 minutes',
  heartbeatTimeout: '20 seconds',
  retry: { maximumInterval: '10 minutes', maximumAttempts: 20 },
});

/** Once a day: how good the data of each linked system is. */
export async function measureQuality(): Promise<{ readonly systems: number }> {
  return await measureDataQuality();
}
