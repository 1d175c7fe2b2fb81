import { type Client, ScheduleNotFoundError, ScheduleOverlapPolicy } from '@temporalio/client';
import { taskQueue } from '../workflows/messages.ts';

/** Makes or changes the Temporal Schedule that measures the data of every linked system once a day. */
export async function scheduleQuality(client: Client): Promise<void> {
  const scheduleId = 'schedule-data-quality';
  const spec = { calendars: [{ hour: 4, minute: 20 }] };
  const action = {
    type: 'startWorkflow',
    workflowType: 'measureQuality',
    workflowId: 'data-quality',
    taskQueue,
    args: [],
  } as const;
  const policies = { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 day' } as const;
  const handle = client.schedule.getHandle(scheduleId);
  try {
    await handle.update((before) => ({ ...before, spec, action, policies }));
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
    await client.schedule.create({ scheduleId, spec, action, policies });
    await client.schedule.getHandle(scheduleId).trigger(); // a new workspace has figures on its first day
  }
}
