import { executeChild, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { PrivacyActivities } from '../activities/privacy.ts';
import { closeOnEvidence } from './close-on-evidence.ts';
import { propagateConsent } from './propagate-consent.ts';
import { aPerson, type Seen } from './request-progress.ts';

const { evidenceOfObjection, objectAtOnce, warn } = proxyActivities<PrivacyActivities>({
  startToCloseTimeout: '2 minutes',
  retry: { maximumInterval: '1 minute' },
});

/**
 * Carries out an objection to marketing: absolute, at once, nobody approves it. The no goes to every linked system that can contact the
 * person and is read back; a system that does not take it waits for a person.
 */
export async function objectToMarketing(requestId: string, seen: Seen): Promise<string> {
  seen.progress = 'acting';
  await objectAtOnce({ requestId });
  for (let round = 1; ; round += 1) {
    await executeChild(propagateConsent, { workflowId: `${workflowInfo().workflowId}/consent-${round}` });
    const { open } = await evidenceOfObjection({ requestId });
    if (open === 0) return await closeOnEvidence(requestId, seen);
    await warn({ requestId, reason: 'objection-open' });
    await aPerson(seen);
  }
}
