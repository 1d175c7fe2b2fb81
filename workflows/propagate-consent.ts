import { proxyActivities } from '@temporalio/workflow';
import type { ConsentActivities } from '../activities/consent.ts';

const { deriveSuppressions, systemsToSuppress } = proxyActivities<ConsentActivities>({
  startToCloseTimeout: '5 minutes',
  retry: { maximumInterval: '1 minute' },
});
const { applySuppressions } = proxyActivities<ConsentActivities>({
  startToCloseTimeout: '6 hours',
  heartbeatTimeout: '20 seconds',
  retry: { maximumInterval: '1 minute', maximumAttempts: 15 },
});

const batchSize = 500;

/** How many suppressions each system confirmed, and how many wait for a person or for the system. */
export interface Propagated {
  readonly applied: number;
  readonly open: number;
  readonly failedSystems: number;
}

/**
 * Passes every opt-out of the ledger to every linked system that can contact the person, each read back. A system that fails stops no
 * other; what it still owes stays due. Does nothing when nothing is queued.
 */
export async function propagateConsent(): Promise<Propagated> {
  while ((await deriveSuppressions({ limit: batchSize })).derived === batchSize);
  const systemIds = await systemsToSuppress();
  const answers = await Promise.allSettled(systemIds.map((systemId) => applySuppressions({ systemId })));
  const done = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  return {
    applied: done.reduce((sum, { applied }) => sum + applied, 0),
    open: done.reduce((sum, { open }) => sum + open, 0),
    failedSystems: answers.length - done.length,
  };
}
