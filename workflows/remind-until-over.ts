import { sleep } from '@temporalio/workflow';
import { inStore } from './in-store.ts';

/** Reminds people of the deadline as it stands; one that moved is seen at the next look, a day later at most. */
export async function remindUntilOver(requestId: string): Promise<void> {
  for (;;) {
    const { waitMs } = await inStore().remind({ requestId });
    if (waitMs === null) return;
    await sleep(waitMs);
  }
}
