import { continueAsNew, patched, proxyActivities } from '@temporalio/workflow';
import type { ProjectActivities } from '../activities/project.ts';

const { projectBatch } = proxyActivities<ProjectActivities>({
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout: '20 seconds',
  retry: { maximumInterval: '1 minute' },
});

/** Events, and clients, of one batch: what a batch costs by itself is a small part of it. */
export const batchSize = 100_000;
/** Of a run that began before batches grew. */
const smallBatch = 20_000;
const batchesARun = 200;

/** Brings every queued sale and interaction to ClickHouse under pseudonyms; does nothing on an empty queue. */
export async function projectAnalytics(projectedBefore = 0): Promise<{ readonly projected: number }> {
  const limit = patched('larger-batches') ? batchSize : smallBatch;
  let projected = projectedBefore;
  for (let batch = 0; batch < batchesARun; batch += 1) {
    const done = await projectBatch({ limit });
    projected += done.projected;
    if (done.projected < limit) return { projected };
  }
  return await continueAsNew<typeof projectAnalytics>(projected);
}
