import { continueAsNew, defineSignal, executeChild, setHandler, workflowInfo } from '@temporalio/workflow';
import { identityChangedSignal } from './messages.ts';
import { projectAnalytics } from './project-analytics.ts';
import { propagateConsent } from './propagate-consent.ts';
import { resolveRecords } from './resolve-records.ts';
import { timeOrderedId } from './time-ordered-id.ts';

const roundsARun = 50;

/**
 * Carries out what people decided of clients: resolves again, then lets consent and metrics follow. A decision that comes while it works
 * gets a round of its own, so none waits for the next sync.
 */
export async function settleIdentity(): Promise<void> {
  const seen = { asked: true };
  setHandler(defineSignal(identityChangedSignal), () => {
    seen.asked = true;
  });
  for (let round = 0; seen.asked; round += 1) {
    if (round === roundsARun) return await continueAsNew<typeof settleIdentity>();
    seen.asked = false;
    const child = (name: string) => ({ workflowId: `${workflowInfo().workflowId}/${timeOrderedId()}/${name}` });
    await executeChild(resolveRecords, child('resolve'));
    await Promise.all([executeChild(propagateConsent, child('consent')), executeChild(projectAnalytics, child('project'))]);
  }
}
