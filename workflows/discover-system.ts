import { proxyActivities } from '@temporalio/workflow';
import type { DiscoverActivities } from '../activities/discover.ts';
import type { SystemRef } from './messages.ts';

const { discoverOffers } = proxyActivities<DiscoverActivities>({
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout: '20 seconds',
  retry: { initialInterval: '1 second', maximumAttempts: 3 },
});

/** What the account of a linked system offers, asked when somebody wants to know. */
export async function discoverSystem({
  systemId,
}: SystemRef): Promise<Awaited<ReturnType<DiscoverActivities['discoverOffers']>>> {
  return await discoverOffers({ systemId });
}
