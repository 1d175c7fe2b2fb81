import { proxyActivities, sleep } from '@temporalio/workflow';
import type { PrivacyActivities } from '../activities/privacy.ts';

const { remind } = proxyActivities<PrivacyActivities>({
  startToCloseTimeout: '1 minute',
  heartbeatTimeout: '10 seconds',
  retry: { maximumInterval: '1 minute' },
});

/**
 * Reminds people of the deadline as it stands; one that moved is seen at the next look, a day later at most.
 * @param firstMs how long until the first reminder, where that is known
 */
export async function remindUntilOver(requestId: string, firstMs = 0): Promise<void> {
  if (firstMs > 0) await sleep(firstMs);
  for (;;) {
    const { waitMs } = await remind({ requestId });
    if (waitMs === null) return;
    await sleep(waitMs);
  }
}
