import { proxyActivities, sleep } from '@temporalio/workflow';
import type { PrivacyActivities } from '../activities/privacy.ts';
import { inStore } from './in-store.ts';
import type { Seen } from './request-progress.ts';

const { closeRequest } = proxyActivities<PrivacyActivities>({
  startToCloseTimeout: '1 minute',
  heartbeatTimeout: '10 seconds',
  retry: { maximumInterval: '1 minute' },
});
const { verifyLine } = proxyActivities<PrivacyActivities>({
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '10 seconds',
  retry: { initialInterval: '1 second', maximumInterval: '10 minutes' },
});

/**
 * Waits for the vendors' purges, reads again, and closes when the evidence covers every line.
 * @param judged whether the request was judged just before, so that it may be closed at once
 */
export async function closeOnEvidence(
  requestId: string,
  seen: Seen,
  judged = false,
): Promise<'complete' | 'complete-with-exceptions' | 'needs-attention'> {
  if (seen.lean && judged) {
    const { outcome } = await closeRequest({ requestId });
    if (outcome === 'complete' || outcome === 'complete-with-exceptions') return outcome;
  }
  for (;;) {
    await readAfterPurges(requestId, seen);
    await inStore().judgeRequest({ requestId });
    const { outcome } = await closeRequest({ requestId });
    if (outcome !== 'waiting') return outcome;
    await sleep('1 hour');
  }
}

async function readAfterPurges(requestId: string, seen: Seen): Promise<void> {
  for (;;) {
    const { waitMs } = await inStore().nextRecheck({ requestId });
    if (waitMs === null) return;
    seen.progress = 'waiting-for-purge';
    await sleep(Math.max(waitMs, 1_000));
    const { lineIds } = await inStore().dueRechecks({ requestId });
    await Promise.all(lineIds.map((lineId) => verifyLine({ lineId })));
  }
}
