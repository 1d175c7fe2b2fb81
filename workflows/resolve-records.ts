import { continueAsNew, patched, proxyActivities } from '@temporalio/workflow';
import type { ResolveActivities } from '../activities/resolve.ts';

const { resolveBatch } = proxyActivities<ResolveActivities>({
  startToCloseTimeout: '30 minutes',
  heartbeatTimeout: '20 seconds',
  retry: { maximumInterval: '1 minute' },
});

const batchSize = 2_000;
const batchesARun = 200;

/** Counts of one resolution. */
export interface Resolved {
  readonly records: number;
  readonly merges: number;
  readonly splits: number;
}

/** So many batches at once: each worker decides what no other holds, and one writes while another compares. */
const lanesNow = 2;

/** Decides the clients of every queued record; does nothing on an empty queue. */
export async function resolveRecords(before: Resolved = { records: 0, merges: 0, splits: 0 }): Promise<Resolved> {
  let { records, merges, splits } = before;
  const lanes = patched('lanes') ? lanesNow : 1;
  let isDrained = false;
  const drain = async (): Promise<void> => {
    for (let batch = 0; batch < batchesARun / lanes; batch += 1) {
      const done = await resolveBatch({ limit: batchSize });
      records += done.taken;
      merges += done.merges;
      splits += done.splits;
      if (done.taken > 0) continue;
      isDrained = true; // whoever settles nothing has waited for the others
      return;
    }
  };
  await Promise.all(Array.from({ length: lanes }, drain));
  return isDrained ? { records, merges, splits } : await continueAsNew<typeof resolveRecords>({ records, merges, splits });
}
