import { isCancellation, proxyActivities } from '@temporalio/workflow';
import type { ConsentActivities } from '../activities/consent.ts';

// who opted out waits as long for a worker that died
const heartbeatTimeout = '5 seconds';
const { deriveSuppressions, systemsToSuppress } = proxyActivities<ConsentActivities>({
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout,
  retry: { maximumInterval: '1 minute' },
});
const { applySuppressions } = proxyActivities<ConsentActivities>({
  startToCloseTimeout: '6 hours',
  heartbeatTimeout,
  retry: { initialInterval: '500 milliseconds', backoffCoefficient: 1.5, maximumInterval: '30 seconds', maximumAttempts: 12 },
});

const batchSize = 500;

/** What became of the due suppressions in one linked system. */
export interface PropagatedTo {
  readonly systemId: string;
  readonly state: 'done' | 'failed';
  readonly applied: number;
  readonly lifted: number;
  /** A person has a task. */
  readonly open: number;
}

/**
 * Passes every opt-out of the ledger, and every fresh yes that ends one, to every linked system that can contact the person, each read
 * back. A system that fails stops no other; what it still owes stays due. Does nothing when nothing is queued.
 */
export async function propagateConsent(): Promise<{ readonly systems: readonly PropagatedTo[] }> {
  while ((await deriveSuppressions({ limit: batchSize })).derived === batchSize);
  const systemIds = await systemsToSuppress();
  return { systems: await Promise.all(systemIds.map(passOn)) };
}

async function passOn(systemId: string): Promise<PropagatedTo> {
  try {
    return { systemId, state: 'done', ...(await applySuppressions({ systemId })) };
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { systemId, state: 'failed', applied: 0, lifted: 0, open: 0 };
  }
}
