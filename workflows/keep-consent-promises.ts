import { executeChild, isCancellation, log, patched, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { ConsentRoundActivities } from '../activities/consent-round.ts';
import { propagateConsent } from './propagate-consent.ts';
import { reconcileLinkedSystem } from './reconcile-linked-system.ts';

const { endConsentsByTime, proposeErasures, systemsToReconcile, reconcileSystem } = proxyActivities<ConsentRoundActivities>({
  startToCloseTimeout: '1 hour',
  heartbeatTimeout: '30 seconds',
  retry: { maximumInterval: '10 minutes', maximumAttempts: 10 },
});

const batchSize = 50;
const batchesARun = 1_000;
const proposalsARun = 500;
const beforeEveryId = '00000000-0000-0000-0000-000000000000';

/** What one day's round over consent found. */
export interface ConsentKept {
  readonly cameOfAge: number;
  readonly proposed: number;
  /** Suppressions that a system no longer obeyed; each is put right. */
  readonly drifted: number;
}

/**
 * Once a day: yeses that time ended are passed on, whoever came of age is to be asked, people whose retention time is over are proposed
 * for erasure, and every system is asked whether it still obeys. Drift is put right at once. Safe to run at any time, and twice.
 */
export async function keepConsentPromises(): Promise<ConsentKept> {
  const { cameOfAge } = await endConsentsByTime();
  const { proposed } = await proposeErasures({ limit: proposalsARun });
  const systemIds = await systemsToReconcile();
  const { workflowId, runId } = workflowInfo();
  const compare = patched('reconcile-to-the-end')
    ? (systemId: string) =>
        executeChild(reconcileLinkedSystem, { workflowId: `${workflowId}/compare-${systemId}-${runId}`, args: [{ systemId }] })
    : reconcileSome;
  const drifts = await Promise.all(systemIds.map(compare));
  await executeChild(propagateConsent, { workflowId: `${workflowId}/consent-${runId}` });
  return { cameOfAge, proposed, drifted: drifts.reduce((sum, one) => sum + one, 0) };
}

/** As rounds that began before went: within the round, and no further than so many batches. */
async function reconcileSome(systemId: string): Promise<number> {
  let [drifted, after] = [0, beforeEveryId as string | null];
  try {
    for (let batch = 0; batch < batchesARun && after !== null; batch += 1) {
      const done: { readonly drifted: number; readonly last: string | null } = await reconcileSystem({
        systemId,
        after,
        limit: batchSize,
      });
      drifted += done.drifted;
      after = done.last;
    }
  } catch (error) {
    if (isCancellation(error)) throw error;
    log.warn('a system could not be compared with the ledger', { systemId });
  }
  return drifted;
}
