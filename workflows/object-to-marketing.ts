import { executeChild, workflowInfo } from '@temporalio/workflow';
import { closeOnEvidence } from './close-on-evidence.ts';
import { inStore } from './in-store.ts';
import { propagateConsent } from './propagate-consent.ts';
import { aPerson, type Seen } from './request-progress.ts';

/**
 * Carries out an objection to marketing: absolute, at once, nobody approves it. The no goes to every linked system that can contact the
 * person and is read back; a system that does not take it waits for a person.
 */
export async function objectToMarketing(requestId: string, seen: Seen): Promise<string> {
  seen.progress = 'acting';
  await inStore().objectAtOnce({ requestId });
  for (let round = 1; ; round += 1) {
    await executeChild(propagateConsent, { workflowId: `${workflowInfo().workflowId}/consent-${round}` });
    const { open } = await inStore().evidenceOfObjection({ requestId });
    if (open === 0) return await closeOnEvidence(requestId, seen);
    await inStore().warn({ requestId, reason: 'objection-open' });
    await aPerson(seen);
  }
}
