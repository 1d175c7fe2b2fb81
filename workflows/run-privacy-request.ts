import { executeChild, proxyActivities, sleep, workflowInfo } from '@temporalio/workflow';
import type { PrivacyActivities } from '../activities/privacy.ts';
import { agreeOnPlan } from './agree-on-plan.ts';
import { closeOnEvidence } from './close-on-evidence.ts';
import { fulfilInSystem } from './fulfil-in-system.ts';
import type { RequestRef } from './messages.ts';
import { aPerson, listen, type Seen } from './request-progress.ts';

const { beginRequest, eraseHere, judgeRequest, packExport, warn } = proxyActivities<PrivacyActivities>({
  startToCloseTimeout: '2 minutes',
  retry: { maximumInterval: '1 minute' },
});

const REMIND_MS = 5 * 24 * 3_600_000;

/**
 * Carries one privacy request from receipt to its proven end: find everything, have the plan approved, act in every system and
 * read back, erase here last, wait for the vendors' bins, close on evidence (rule 4). What falls short waits for a person.
 */
export async function runPrivacyRequest({ requestId }: RequestRef): Promise<{ readonly outcome: string }> {
  const seen = listen();
  const { type, dueAt } = await beginRequest({ requestId });
  void remindBefore(dueAt, requestId);
  let agreed = await agreeOnPlan(requestId, seen);
  while (agreed !== undefined) {
    await fulfilIn(agreed.systemIds, requestId, seen);
    const { outcome } = await judgeRequest({ requestId });
    if (outcome === 'needs-attention') await aPerson(seen);
    else if (type === 'portability' ? await packed(requestId) : await erasedHere(requestId)) {
      return await closed(agreed.systemIds, requestId, seen);
    }
    agreed = await agreeOnPlan(requestId, seen, agreed.decision);
  }
  seen.progress = 'over';
  return { outcome: 'refused' };
}

async function fulfilIn(systemIds: readonly string[], requestId: string, seen: Seen): Promise<void> {
  seen.progress = 'acting';
  const { workflowId } = workflowInfo();
  const work = systemIds.map((systemId) =>
    executeChild(fulfilInSystem, { workflowId: `${workflowId}/${systemId}`, args: [{ requestId, systemId }] }),
  );
  await Promise.all(work);
}

const packed = async (requestId: string): Promise<boolean> => (await packExport({ requestId })).records >= 0;

/** False when a record came in that the plan forgot: then nothing was erased and the search starts again. */
const erasedHere = async (requestId: string): Promise<boolean> => (await eraseHere({ requestId })).forgotten === 0;

/** From here on Ficha holds nothing but the sealed plan: what still falls short is worked on by its lines. */
async function closed(systemIds: readonly string[], requestId: string, seen: Seen): Promise<{ readonly outcome: string }> {
  for (;;) {
    const outcome = await closeOnEvidence(requestId, seen);
    if (outcome !== 'needs-attention') {
      seen.progress = 'over';
      return { outcome };
    }
    await aPerson(seen);
    await fulfilIn(systemIds, requestId, seen);
  }
}

async function remindBefore(dueAt: string, requestId: string): Promise<void> {
  await sleep(Math.max(1_000, Date.parse(dueAt) - Date.now() - REMIND_MS));
  await warn({ requestId, reason: 'deadline-near' });
}
