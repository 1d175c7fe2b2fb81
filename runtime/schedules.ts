import { type Client, ScheduleNotFoundError, ScheduleOverlapPolicy } from '@temporalio/client';
import { taskQueue, workflowIdOf } from '../workflows/messages.ts';

/** Makes or changes the Temporal Schedule that pulls one linked system; a run that is still going is not overtaken. */
export async function scheduleSync(client: Client, systemId: string, everyMinutes: number, paused: boolean): Promise<void> {
  const scheduleId = `schedule-${systemId}`;
  const spec = { intervals: [{ every: `${everyMinutes} minutes` as const }] };
  const action = {
    type: 'startWorkflow',
    workflowType: 'syncSystem',
    workflowId: workflowIdOf.sync(systemId),
    taskQueue,
    args: [{ systemId, mode: 'incremental' }],
  } as const;
  const policies = { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '10 minutes' } as const;
  const handle = client.schedule.getHandle(scheduleId);
  try {
    await handle.update((before) => ({ ...before, spec, action, policies, state: { ...before.state, paused } }));
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
    await client.schedule.create({ scheduleId, spec, action, policies, state: { paused } });
  }
}

/**
 * Makes or changes the Temporal Schedule that publishes each month once it is closed, at night, and looks again on the five nights after:
 * what is published already stays as it is.
 */
export async function scheduleRelease(client: Client, closesAfterDays: number): Promise<void> {
  const scheduleId = 'schedule-metrics-release';
  // where months stay open longer than three weeks, the run of the month after finds them closed
  const start = Math.min(closesAfterDays + 1, 22);
  const spec = { calendars: [{ dayOfMonth: { start, end: start + 5 }, hour: 3, minute: 10 }] };
  const action = {
    type: 'startWorkflow',
    workflowType: 'releaseMetrics',
    workflowId: workflowIdOf.analytics('release'),
    taskQueue,
    args: [],
  } as const;
  const policies = { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '60 days' } as const;
  const handle = client.schedule.getHandle(scheduleId);
  try {
    await handle.update((before) => ({ ...before, spec, action, policies }));
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
    await client.schedule.create({ scheduleId, spec, action, policies });
  }
}
