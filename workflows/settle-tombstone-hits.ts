import { proxyActivities } from '@temporalio/workflow';
import type { PrivacyActivities } from '../activities/privacy.ts';

const { settleHits } = proxyActivities<PrivacyActivities>({
  startToCloseTimeout: '30 minutes',
  heartbeatTimeout: '30 seconds',
  retry: { maximumInterval: '1 minute', maximumAttempts: 5 },
});

const batchSize = 20;
const batchesARun = 500;

/** Erases again what came back after its person's erasure; does nothing when nothing did. Run it at the end of every sync. */
export async function settleTombstoneHits(): Promise<{ readonly settled: number }> {
  let settled = 0;
  let after: string | null = '0';
  for (let batch = 0; batch < batchesARun && after !== null; batch += 1) {
    const done: { readonly settled: number; readonly last: string | null } = await settleHits({ after, limit: batchSize });
    settled += done.settled;
    after = done.last;
  }
  return { settled };
}
