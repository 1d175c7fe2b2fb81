import { ActivityFailure, ApplicationFailure, proxyActivities, sleep } from '@temporalio/workflow';
import type { PrivacyActivities } from '../activities/privacy.ts';
import { inStore } from './in-store.ts';
import { erases, type Lines, type OpenLine, together } from './lines-together.ts';
import type { RequestRef, SystemRef } from './messages.ts';

/** Vendor faults are tried again without end, ever slower; what cannot get better (`never`) comes back at once. */
const inSystem = proxyActivities<PrivacyActivities>({
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '10 seconds',
  retry: { initialInterval: '1 second', maximumInterval: '10 minutes' },
});

/** A system may show a deleted record for a moment longer. */
const lookAgainAfter = ['1 second', '5 seconds'] as const;

/** Works through the plan of one request in one linked system, what hangs from the person first, the person last. */
export async function fulfilInSystem({ requestId, systemId }: RequestRef & SystemRef): Promise<void> {
  for (const lines of together(await inStore().openLines({ requestId, systemId }))) {
    const [{ lineId, action }] = lines;
    try {
      if (erases(action)) await eraseAndReadBack(systemId, lines);
      if (action === 'block-until') await setApart(systemId, lines);
      if (action === 'export') await exported(systemId, lines);
      if (action === 'rectify') await inSystem.rectifyLine({ lineId });
      if (action === 'manual' || action === 'restrict') await inStore().askForHand({ lineId });
    } catch (error) {
      if (!(error instanceof ActivityFailure && error.cause instanceof ApplicationFailure)) throw error;
      // the other lines go on; a person looks at these
      for (const given of lines) await inStore().giveUpLine({ lineId: given.lineId, code: error.cause.type ?? 'unexpected' });
    }
  }
}

async function eraseAndReadBack(systemId: string, lines: readonly OpenLine[]): Promise<void> {
  let lookAgain: string[] = [];
  for (let lineIds: readonly string[] = lines.map(({ lineId }) => lineId); lineIds.length > 0; ) {
    const done: Awaited<ReturnType<typeof inSystem.eraseLines>> = await inSystem.eraseLines({ systemId, lineIds });
    lookAgain = [...lookAgain, ...done.lookAgain];
    lineIds = done.left;
  }
  for (const pause of lookAgainAfter) {
    if (lookAgain.length === 0) return;
    await sleep(pause);
    const read = await Promise.all(lookAgain.map(async (lineId) => ({ lineId, ...(await inSystem.verifyLine({ lineId })) })));
    lookAgain = read.flatMap(({ lineId, state, answer }) =>
      state === 'needs-attention' && answer === 'present' ? [lineId] : [],
    );
  }
}

async function setApart(systemId: string, lines: Lines): Promise<void> {
  await inSystem.blockLine({ lineId: lines[0].lineId });
  await eraseAndReadBack(systemId, lines);
}

async function exported(systemId: string, lines: readonly OpenLine[]): Promise<void> {
  for (let lineIds: readonly string[] = lines.map(({ lineId }) => lineId); lineIds.length > 0; ) {
    lineIds = (await inSystem.exportLines({ systemId, lineIds })).left;
  }
}
