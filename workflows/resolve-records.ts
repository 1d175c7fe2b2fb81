import { continueAsNew, proxyActivities } from '@temporalio/workflow';
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

/** Decides the clients of every queued record; does nothing on an empty queue. */
export async function resolveRecords(before: Resolved = { records: 0, merges: 0, splits: 0 }): Promise<Resolved> {
  let { records, merges, splits } = before;
  for (let batch = 0; batch < batchesARun; batch += 1) {
    const done = await resolveBatch({ limit: batchSize });
    records += done.taken;
    merges += done.merges;
    splits += done.splits;
    if (done.taken === 0) return { records, merges, splits };
  }
  return await continueAsNew<typeof resolveRecords>({ records, merges, splits });
}
