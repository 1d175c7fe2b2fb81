import { ActivityFailure, proxyActivities } from '@temporalio/workflow';
import type { PrivacyActivities } from '../activities/privacy.ts';
import type { Decision } from './messages.ts';
import { aPerson, decisionOn, type Seen } from './request-progress.ts';

/** A system that is down is asked again without end, ever slower; one that refuses us for good comes back at once. */
const { locateInSystem } = proxyActivities<PrivacyActivities>({
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '10 seconds',
  retry: { initialInterval: '1 second', maximumInterval: '10 minutes' },
});
const { applyDecision, beginRequest, draftPlan, warn } = proxyActivities<PrivacyActivities>({
  startToCloseTimeout: '1 minute',
  retry: { maximumInterval: '1 minute' },
});

/** Systems to act in, and the decision that allows it. */
export interface Agreement {
  readonly systemIds: readonly string[];
  readonly decision: Decision;
}

/**
 * Finds everything, plans, and waits until a plan that covers everything is approved; undefined when the request is refused.
 * A portability is approved too: it hands personal data out.
 * @param before the approval of an earlier round, still good when the plan is still the same
 */
export async function agreeOnPlan(requestId: string, seen: Seen, before?: Decision): Promise<Agreement | undefined> {
  for (;;) {
    seen.progress = 'locating';
    const { systemIds } = await beginRequest({ requestId });
    if (!(await everyAnswered(systemIds, requestId))) {
      await warn({ requestId, reason: 'cannot-locate' });
      await aPerson(seen);
      continue;
    }
    const { planHash } = await draftPlan({ requestId });
    const stands = before?.kind === 'approved' && before.planHash === planHash;
    const decision = stands ? before : await decisionOn(planHash, seen);
    const applied = await applyDecision({ requestId, decision });
    if (applied === 'refused') return undefined;
    if (applied === 'approved') return { systemIds, decision };
  }
}

/** Asks every system at once. One that cannot be asked stops the request before the first write (rule 4). */
async function everyAnswered(systemIds: readonly string[], requestId: string): Promise<boolean> {
  const asked = await Promise.allSettled(systemIds.map((systemId) => locateInSystem({ requestId, systemId })));
  const failed = asked.filter((answer) => answer.status === 'rejected');
  for (const { reason } of failed) if (!(reason instanceof ActivityFailure)) throw reason;
  return failed.length === 0;
}
