import { executeChild, patched, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { PrivacyActivities } from '../activities/privacy.ts';
import { agreeOnPlan } from './agree-on-plan.ts';
import { closeOnEvidence } from './close-on-evidence.ts';
import { fulfilInSystem } from './fulfil-in-system.ts';
import { inStore } from './in-store.ts';
import type { RequestRef } from './messages.ts';
import { objectToMarketing } from './object-to-marketing.ts';
import { remindUntilOver } from './remind-until-over.ts';
import { notePatches } from './request-patches.ts';
import { aPerson, aPersonOrTheEnd, listen, type Seen } from './request-progress.ts';

const { applyDecision, eraseHere, packExport, redactMentions } = proxyActivities<PrivacyActivities>({
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '10 seconds',
  retry: { maximumInterval: '1 minute' },
});

type Type = Awaited<ReturnType<PrivacyActivities['beginRequest']>>['type'];

/**
 * Carries one privacy request from receipt to its proven end: the person is known, everything is found, the plan approved, done in every
 * system and read back, erased here last, the vendors' bins waited for, closed on evidence (rule 4). What falls short waits for a person.
 */
export async function runPrivacyRequest({ requestId }: RequestRef): Promise<{ readonly outcome: string }> {
  const seen = listen(notePatches());
  if (!seen.lean) void remindUntilOver(requestId);
  const begun = await identified(requestId, seen);
  if (begun === 'refused' || begun === 'cancelled') return over(begun, seen);
  if (begun.type === 'objection' && begun.scope !== 'other') return over(await objectToMarketing(requestId, seen), seen);
  let agreed = await agreeOnPlan(requestId, seen, seen.lean ? { begun } : {});
  while (agreed !== 'refused' && agreed !== 'cancelled') {
    await fulfilIn(agreed.systemIds, requestId, seen);
    if (begun.type === 'erasure') await redacted(requestId);
    const { outcome } = await inStore().judgeRequest({ requestId });
    if (outcome === 'needs-attention') await aPerson(seen);
    else if (await concluded(begun.type, requestId)) return over(await closed(agreed.systemIds, requestId, seen), seen);
    agreed = await agreeOnPlan(requestId, seen, { before: agreed.decision });
  }
  return over(agreed, seen);
}

function over(outcome: string, seen: Seen): { readonly outcome: string } {
  seen.progress = 'over';
  return { outcome };
}

/** Waits until the person has proven who they are; nothing is looked for before. */
async function identified(requestId: string, seen: Seen) {
  for (let first = true; ; first = false) {
    const begun = await inStore().beginRequest({ requestId });
    if (first && seen.lean) void remindUntilOver(requestId, begun.remindInMs);
    if (begun.proven) return begun;
    const decision = await aPersonOrTheEnd(seen);
    if (decision === undefined) continue;
    const ended = await applyDecision({ requestId, decision });
    if (ended === 'refused' || ended === 'cancelled') return ended;
  }
}

/** Blots what reviewers want blotted; most requests have nothing of it. */
async function redacted(requestId: string): Promise<void> {
  if (patched('nothing-to-redact') && (await inStore().toRedact({ requestId })).mentions === 0) return;
  await redactMentions({ requestId });
}

async function fulfilIn(systemIds: readonly string[], requestId: string, seen: Seen): Promise<void> {
  seen.progress = 'acting';
  const { workflowId } = workflowInfo();
  const work = systemIds.map((systemId) =>
    executeChild(fulfilInSystem, { workflowId: `${workflowId}/${systemId}`, args: [{ requestId, systemId }] }),
  );
  await Promise.all(work);
}

/** What is left to do here once every system is done; false when a record came in that the plan forgot: the search starts again. */
async function concluded(type: Type, requestId: string): Promise<boolean> {
  if (type === 'erasure') return (await eraseHere({ requestId })).forgotten === 0;
  if (type === 'access' || type === 'portability') return (await packExport({ requestId })).records >= 0;
  return true;
}

/** From here on Ficha holds nothing but the sealed plan: what still falls short is worked on by its lines. */
async function closed(systemIds: readonly string[], requestId: string, seen: Seen): Promise<string> {
  for (let first = true; ; first = false) {
    const outcome = await closeOnEvidence(requestId, seen, first);
    if (outcome !== 'needs-attention') return outcome;
    await aPerson(seen);
    await fulfilIn(systemIds, requestId, seen);
  }
}
