import { executeChild, patched, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { PrivacyActivities } from '../activities/privacy.ts';
import { settleTombstoneHits } from './settle-tombstone-hits.ts';

const { destroyExpired, readAgain, scrubStore, shredPayloads, signAuditHead } = proxyActivities<PrivacyActivities>({
  startToCloseTimeout: '30 minutes',
  heartbeatTimeout: '30 seconds',
  retry: { maximumInterval: '10 minutes', maximumAttempts: 20 },
});

const batchSize = 50;
const batchesARun = 2_000;
const beforeEveryId = '00000000-0000-0000-0000-000000000000';

/** What one day's round did. */
export interface Kept {
  readonly signedDay: string | null;
  readonly looked: number;
  /** Erased records that were there again. */
  readonly back: number;
  /** Packages, blocked records and tombstones whose time was over. */
  readonly destroyed: number;
}

/**
 * Once a day: signs where the audit log stands, looks again for what was erased, erases again what came back, and destroys what has
 * outlived its date; what erased rows left in the files of the database is written over, and what Temporal keeps of requests that are over
 * opens no more. Safe to run at any time, and twice.
 */
export async function keepPrivacyPromises(): Promise<Kept> {
  const { signedDay } = await signAuditHead();
  const { destroyed } = await destroyExpired();
  let [looked, back, after] = [0, 0, beforeEveryId as string | null];
  for (let batch = 0; batch < batchesARun && after !== null; batch += 1) {
    const done: { readonly looked: number; readonly back: number; readonly last: string | null } = await readAgain({
      after,
      limit: batchSize,
    });
    looked += done.looked;
    back += done.back;
    after = done.last;
  }
  await executeChild(settleTombstoneHits, { workflowId: `${workflowInfo().workflowId}/tombstones-${workflowInfo().runId}` });
  if (patched('files-scrubbed')) await scrubStore();
  if (patched('payloads-shredded')) for (let more = true; more; ) ({ more } = await shredPayloads());
  return { signedDay, looked, back, destroyed };
}
