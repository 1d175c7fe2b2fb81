import { setTimeout as delay } from 'node:timers/promises';
import {
  type Client,
  isGrpcServiceError,
  ScheduleNotFoundError,
  type ScheduleOptions,
  ScheduleOverlapPolicy,
  ServiceError,
} from '@temporalio/client';
import { taskQueue, workflowIdOf } from '../workflows/messages.ts';

interface Round {
  readonly scheduleId: string;
  readonly workflowType: string;
  readonly workflowId: string;
  readonly args?: readonly unknown[];
  readonly spec: ScheduleOptions['spec'];
  /** How long after a time that was missed the run is made up for. */
  readonly catchupWindow: '10 minutes' | '1 day' | '7 days' | '60 days';
  readonly paused?: boolean;
}

/** gRPC codes of an order that will never be taken: wrong, not found, already there, not allowed, not known, not signed in. */
const finalCodes: readonly number[] = [3, 5, 6, 7, 12, 16];
const settleMs = 60_000;
const pollMs = 500;

const isPassing = (error: unknown): boolean =>
  error instanceof ServiceError && isGrpcServiceError(error.cause) && !finalCodes.includes(error.cause.code);

/**
 * A server that came back from a crash answers before it has its workflows again, and a schedule is one of them: an error that passes is
 * tried again for a minute.
 */
async function keep(client: Client, round: Round): Promise<boolean> {
  const end = Date.now() + settleMs;
  for (;;) {
    try {
      return await keepOnce(client, round);
    } catch (error) {
      if (!isPassing(error) || Date.now() > end) throw error;
      await delay(pollMs);
    }
  }
}

/** Makes one Temporal Schedule or changes the one that is there; a run that is still going is not overtaken. @returns whether it is new */
async function keepOnce(client: Client, { scheduleId, spec, catchupWindow, paused, ...round }: Round): Promise<boolean> {
  const action = { type: 'startWorkflow', ...round, taskQueue, args: [...(round.args ?? [])] } as const;
  const policies = { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow };
  const state = paused === undefined ? {} : { paused };
  try {
    const handle = client.schedule.getHandle(scheduleId);
    await handle.update((before) => ({ ...before, spec, action, policies, state: { ...before.state, ...state } }));
    return false;
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
    await client.schedule.create({ scheduleId, spec, action, policies, state });
    return true;
  }
}

/** Makes or changes the schedule that pulls one linked system. */
export async function scheduleSync(client: Client, systemId: string, everyMinutes: number, paused: boolean): Promise<void> {
  await keep(client, {
    scheduleId: `schedule-${systemId}`,
    workflowType: 'syncSystem',
    workflowId: workflowIdOf.sync(systemId),
    args: [{ systemId, mode: 'incremental' }],
    spec: { intervals: [{ every: `${everyMinutes} minutes` }] },
    catchupWindow: '10 minutes',
    paused,
  });
}

/** Makes or changes the schedule that keeps a watch on what people allow in one linked system: one that ended begins again in a minute. */
export async function scheduleWatch(client: Client, systemId: string, paused: boolean): Promise<void> {
  await keep(client, {
    scheduleId: `schedule-watch-${systemId}`,
    workflowType: 'watchConsent',
    workflowId: workflowIdOf.watch(systemId),
    args: [{ systemId }],
    spec: { intervals: [{ every: '1 minute' }] },
    catchupWindow: '10 minutes',
    paused,
  });
}

/**
 * Makes or changes the schedule that publishes each month once it is closed, at night, and looks again on the five nights after: what is
 * published already stays as it is.
 */
export async function scheduleRelease(client: Client, closesAfterDays: number): Promise<void> {
  // where months stay open longer than three weeks, the run of the month after finds them closed
  const start = Math.min(closesAfterDays + 1, 22);
  await keep(client, {
    scheduleId: 'schedule-metrics-release',
    workflowType: 'releaseMetrics',
    workflowId: workflowIdOf.analytics('release'),
    spec: { calendars: [{ dayOfMonth: { start, end: start + 5 }, hour: 3, minute: 10 }] },
    catchupWindow: '60 days',
  });
}

/**
 * Makes or changes the schedule of the daily round over privacy: the audit log is signed, what was erased is looked for again, what has
 * outlived its date is destroyed. A day that was missed is made up for.
 */
export async function schedulePrivacyRound(client: Client): Promise<void> {
  await keep(client, {
    scheduleId: 'schedule-privacy-round',
    workflowType: 'keepPrivacyPromises',
    workflowId: 'privacy-round',
    spec: { calendars: [{ hour: 0, minute: 7 }] },
    catchupWindow: '7 days',
  });
}

/**
 * Makes or changes the schedule of the daily round over consent: what time ended is passed on, retention is proposed, every system is
 * asked whether it still obeys. A day that was missed is made up for.
 */
export async function scheduleConsentRound(client: Client): Promise<void> {
  await keep(client, {
    scheduleId: 'schedule-consent-round',
    workflowType: 'keepConsentPromises',
    workflowId: 'consent-round',
    spec: { calendars: [{ hour: 1, minute: 17 }] },
    catchupWindow: '7 days',
  });
}

/** Makes or changes the schedule that measures the data of every linked system once a day; a new workspace has figures on its first day. */
export async function scheduleQuality(client: Client): Promise<void> {
  const scheduleId = 'schedule-data-quality';
  const isNew = await keep(client, {
    scheduleId,
    workflowType: 'measureQuality',
    workflowId: 'data-quality',
    spec: { calendars: [{ hour: 4, minute: 20 }] },
    catchupWindow: '1 day',
  });
  if (isNew) await client.schedule.getHandle(scheduleId).trigger();
}
