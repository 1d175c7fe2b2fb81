import { ActivityFailure, ApplicationFailure, proxyActivities, sleep } from '@temporalio/workflow';
import type { PrivacyActivities } from '../activities/privacy.ts';
import type { RequestRef, SystemRef } from './messages.ts';

/** Vendor faults are tried again without end, ever slower; what cannot get better (`never`) comes back at once. */
const inSystem = proxyActivities<PrivacyActivities>({
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '10 seconds',
  retry: { initialInterval: '1 second', maximumInterval: '10 minutes' },
});
const inStore = proxyActivities<PrivacyActivities>({ startToCloseTimeout: '30 seconds', retry: { maximumInterval: '1 minute' } });

/** A system may show a deleted record for a moment longer. */
const lookAgainAfter = ['1 second', '5 seconds'] as const;

/** Works through the plan of one request in one linked system, what hangs from the person first, the person last. */
export async function fulfilInSystem({ requestId, systemId }: RequestRef & SystemRef): Promise<void> {
  for (const { lineId, action } of await inStore.openLines({ requestId, systemId })) {
    try {
      if (action === 'delete' || action === 'anonymise') await eraseAndReadBack(lineId);
      if (action === 'block-until') await setApart(lineId);
      if (action === 'export') await inSystem.exportLine({ lineId });
      if (action === 'rectify') await inSystem.rectifyLine({ lineId });
      if (action === 'manual' || action === 'restrict') await inStore.askForHand({ lineId });
    } catch (error) {
      if (!(error instanceof ActivityFailure && error.cause instanceof ApplicationFailure)) throw error;
      await inStore.giveUpLine({ lineId, code: error.cause.type ?? 'unexpected' }); // the other lines go on; a person looks at this one
    }
  }
}

async function eraseAndReadBack(lineId: string): Promise<void> {
  await inSystem.eraseLine({ lineId });
  let read = await inSystem.verifyLine({ lineId });
  for (const pause of lookAgainAfter) {
    if (read.state !== 'needs-attention' || read.answer !== 'present') return;
    await sleep(pause);
    read = await inSystem.verifyLine({ lineId });
  }
}

async function setApart(lineId: string): Promise<void> {
  await inSystem.blockLine({ lineId });
  await eraseAndReadBack(lineId);
}
