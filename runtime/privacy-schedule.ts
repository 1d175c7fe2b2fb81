import { type Client, ScheduleNotFoundError, ScheduleOverlapPolicy } from '@temporalio/client';
import { taskQueue } from '../workflows/messages.ts';

/**
 * Makes or changes the Temporal Schedule of the daily round over privacy: the audit log is signed, what was erased is looked for again,
 * what has outlived its date is destroyed. A day that was missed is made up for.
 */
export async function schedulePrivacyRound(client: Client): Promise<void> {
  const scheduleId = 'schedule-privacy-round';
  const spec = { calendars: [{ hour: 0, minute: 7 }] };
  const action = {
    type: 'startWorkflow',
    workflowType: 'keepPrivacyPromises',
    workflowId: 'privacy-round',
    taskQueue,
    args: [],
  } as const;
  const policies = { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '7 days' } as const;
  const handle = client.schedule.getHandle(scheduleId);
  try {
    await handle.update((before) => ({ ...before, spec, action, policies }));
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
    await client.schedule.create({ scheduleId, spec, action, policies });
  }
}
