import { continueAsNew, isCancellation, log, proxyActivities } from '@temporalio/workflow';
import type { ConsentRoundActivities } from '../activities/consent-round.ts';
import type { SystemRef } from './messages.ts';

const { reconcileSystem } = proxyActivities<ConsentRoundActivities>({
  startToCloseTimeout: '1 hour',
  heartbeatTimeout: '30 seconds',
  retry: { maximumInterval: '10 minutes', maximumAttempts: 10 },
});

const batchSize = 500;
const batchesARun = 1_000;
const beforeEveryId = '00000000-0000-0000-0000-000000000000';

/** Where the comparison of one system stands. */
export interface ReconcileFrom extends SystemRef {
  /** Id of the last suppression that was compared. */
  readonly after?: string;
  /** Found before. */
  readonly drifted?: number;
}

/**
 * Compares everything that one system once confirmed with what it says now, to the end however much it is. A system that does not answer is
 * asked tomorrow again; what it owes stays due.
 * @returns how many suppressions it no longer obeyed
 */
export async function reconcileLinkedSystem(from: ReconcileFrom): Promise<number> {
  const { systemId } = from;
  let drifted = from.drifted ?? 0;
  let after = from.after ?? beforeEveryId;
  try {
    for (let batch = 0; batch < batchesARun; batch += 1) {
      const done = await reconcileSystem({ systemId, after, limit: batchSize });
      drifted += done.drifted;
      if (done.last === null) return drifted;
      after = done.last;
    }
  } catch (error) {
    if (isCancellation(error)) throw error;
    log.warn('a system could not be compared with the ledger', { systemId });
    return drifted;
  }
  return await continueAsNew<typeof reconcileLinkedSystem>({ systemId, after, drifted });
}
