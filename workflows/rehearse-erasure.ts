import { proxyActivities } from '@temporalio/workflow';
import type { RehearseActivities } from '../activities/rehearse.ts';
import type { RequestRef } from './messages.ts';

const { rehearseIn, systemsToRehearse } = proxyActivities<RehearseActivities>({
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout: '20 seconds',
  retry: { initialInterval: '1 second', maximumAttempts: 3 },
});

/** A dry run: what every system says to the plan of an erasure, before anybody approves it. */
export async function rehearseErasure({ requestId }: RequestRef): Promise<Awaited<ReturnType<typeof rehearseIn>>> {
  const systemIds = await systemsToRehearse({ requestId });
  return (await Promise.all(systemIds.map((systemId) => rehearseIn({ requestId, systemId })))).flat();
}
