import { ActivityFailure, patched, proxyActivities } from '@temporalio/workflow';
import type { PrivacyActivities } from '../activities/privacy.ts';
import { inStore } from './in-store.ts';
import type { Decision } from './messages.ts';
import { aPersonOrTheEnd, decisionOn, type Seen } from './request-progress.ts';

/** A system that is down is asked again without end, ever slower; one that refuses us for good comes back at once. */
const { locateInSystem, searchFiles } = proxyActivities<PrivacyActivities>({
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '10 seconds',
  retry: { initialInterval: '1 second', maximumInterval: '10 minutes' },
});
const { applyDecision } = proxyActivities<PrivacyActivities>({
  startToCloseTimeout: '2 minutes',
  heartbeatTimeout: '10 seconds',
  retry: { maximumInterval: '1 minute' },
});

type Begun = Pick<Awaited<ReturnType<PrivacyActivities['beginRequest']>>, 'systemIds' | 'type'>;

/** Systems to act in, and the decision that allows it. */
export interface Agreement {
  readonly systemIds: readonly string[];
  readonly decision: Decision;
}

/**
 * Finds everything, plans, and waits until a plan that covers everything is approved, by two people when it is large; `refused` or
 * `cancelled` when it comes to that. What hands personal data out is approved too.
 * @param known `before`: the approval of an earlier round, still good when the plan is still the same; `begun`: what the first step said
 */
export async function agreeOnPlan(
  requestId: string,
  seen: Seen,
  { before, begun }: { readonly before?: Decision; readonly begun?: Begun },
): Promise<Agreement | 'refused' | 'cancelled'> {
  // requests that began before this was patched in go on as they began; what they overlook, the outcome sees
  const anew = patched('answers-before-approval');
  const { beginRequest, draftPlan, findMentions, warn } = inStore();
  for (let known = begun; ; known = undefined) {
    seen.progress = 'locating';
    if (anew) seen.lookAgain = false;
    const { systemIds, type } = known ?? (await beginRequest({ requestId }));
    if (!(await everyAnswered(systemIds, requestId))) {
      await warn({ requestId, reason: 'cannot-locate' });
      const end = await aPersonOrTheEnd(seen);
      const ended = end && (await applyDecision({ requestId, decision: end }));
      if (ended === 'refused' || ended === 'cancelled') return ended;
      if (end !== undefined) seen.decisions = []; // too late for that: it has acted
      continue;
    }
    if (type === 'erasure') await filesSearched((await findMentions({ requestId })).filesIn ?? [], requestId);
    const { planHash } = await draftPlan({ requestId });
    const still = before?.kind === 'approved' && before.planHash === planHash;
    let decision = still ? before : await decisionOn(planHash, seen, anew);
    if (decision === 'look-again') continue;
    let applied = await applyDecision({ requestId, decision });
    while (applied === 'second-needed') {
      const second = await decisionOn(planHash, seen, anew);
      if (second === 'look-again') break;
      decision = second;
      applied = await applyDecision({ requestId, decision });
    }
    if (applied === 'refused' || applied === 'cancelled') return applied;
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

/** Looks through the files that systems keep of others; where one refuses us for good, that stays a person's task. */
async function filesSearched(systemIds: readonly string[], requestId: string): Promise<void> {
  const asked = await Promise.allSettled(systemIds.map((systemId) => searchFiles({ requestId, systemId })));
  for (const answer of asked)
    if (answer.status === 'rejected' && !(answer.reason instanceof ActivityFailure)) throw answer.reason;
}
