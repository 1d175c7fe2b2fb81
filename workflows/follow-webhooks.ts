import {
  ChildWorkflowFailure,
  continueAsNew,
  defineSignal,
  executeChild,
  isCancellation,
  log,
  proxyActivities,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { WebhookActivities, WorkedIn } from '../activities/webhooks.ts';
import { type SystemRef, webhooksCameSignal, workflowIdOf } from './messages.ts';
import { propagateConsent } from './propagate-consent.ts';
import { syncSystem } from './sync-system.ts';
import { timeOrderedId } from './time-ordered-id.ts';

const { workInWebhooks, mayPull } = proxyActivities<WebhookActivities>({
  startToCloseTimeout: '2 minutes',
  heartbeatTimeout: '10 seconds',
  retry: { maximumInterval: '1 minute' },
});

/** A burst is worked in together. */
const gatherTime = '2 seconds';
const busyTime = '5 seconds';
const roundsARun = 100;
const beforeEveryId = '0';

/**
 * Works in the webhooks of one system: what people said goes to the ledger and on to the other systems at once, then the changed records
 * are pulled. Webhooks that come while it works get a round of their own.
 */
export async function followWebhooks({ systemId }: SystemRef): Promise<void> {
  const seen = { asked: true };
  setHandler(defineSignal(webhooksCameSignal), () => {
    seen.asked = true;
  });
  for (let round = 0; seen.asked; round += 1) {
    if (round === roundsARun) return await continueAsNew<typeof followWebhooks>({ systemId });
    await sleep(gatherTime);
    seen.asked = false;
    const before = await workIn(systemId, null);
    if (before.saidSomething) await passOn();
    if (await mayPull({ systemId })) await pull(systemId);
    const after = await workIn(systemId, before.last);
    if (after.saidSomething) await passOn();
  }
}

/** Every batch there is; after the pull, up to what came before it, so that what came meanwhile gets a pull of its own. */
async function workIn(systemId: string, upTo: string | null): Promise<Omit<WorkedIn, 'after'>> {
  let [last, saidSomething] = [beforeEveryId, false];
  for (let after: string | null = beforeEveryId; after !== null; ) {
    const batch: WorkedIn = await workInWebhooks({ systemId, after, upTo });
    saidSomething ||= batch.saidSomething;
    ({ after, last } = batch);
  }
  return { last, saidSomething };
}

async function passOn(): Promise<void> {
  await executeChild(propagateConsent, { workflowId: `${workflowInfo().workflowId}/${timeOrderedId()}/consent` });
}

/**
 * Pulls what changed, after a pull that is going on: that one may have passed the records by. A pull that fails is left to the schedule,
 * whose position did not move; what people said does not wait for it.
 */
async function pull(systemId: string): Promise<void> {
  for (;;) {
    try {
      await executeChild(syncSystem, { workflowId: workflowIdOf.sync(systemId), args: [{ systemId, mode: 'incremental' }] });
      return;
    } catch (error) {
      if (isCancellation(error)) throw error;
      if (error instanceof ChildWorkflowFailure) {
        log.warn('the pull after a webhook failed; the next one makes it up', { systemId });
        return;
      }
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      await sleep(busyTime);
    }
  }
}
