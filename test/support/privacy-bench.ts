import { randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Client, WorkflowHandle } from '@temporalio/client';
import {
  type ActivityInboundCallsInterceptor,
  bundleWorkflowCode,
  DefaultLogger,
  type NativeConnection,
  Runtime,
  Worker,
} from '@temporalio/worker';
import { consentActivities } from '../../activities/consent.ts';
import type { Deps } from '../../activities/deps.ts';
import { beats } from '../../activities/beating.ts';
import { failuresOf } from '../../activities/failure.ts';
import { privacyActivities } from '../../activities/privacy.ts';
import { dataConverter } from '../../platform/codec.ts';
import { payloadKeysOf } from '../../runtime/payload-keys.ts';
import { soonMissed, workAtOnce } from '../../runtime/work-at-once.ts';
import { createLog } from '../../platform/log.ts';
import { privacyRequestById } from '../../store/read/privacy-requests.ts';
import { type Decision, decideSignal, type Progress, progressQuery, workflowIdOf } from '../../workflows/messages.ts';
import { knowRequestsOf } from './payload-keys.ts';
import type { ServerClock } from './temporal.ts';

/** A worker for privacy requests alone, on a task queue of its own. */
export interface PrivacyBench {
  readonly taskQueue: string;
  start(requestId: string): Promise<WorkflowHandle>;
  /** Waits until a request is where a test wants it; fails after `patienceMs`. */
  until(requestId: string, progress: Progress, patienceMs?: number): Promise<void>;
  /** Approves the plan as it stands, as the DPO does after looking at it. */
  approve(requestId: string): Promise<void>;
  stop(): Promise<void>;
}

let bundled: ReturnType<typeof bundleWorkflowCode> | undefined;

/** The workflow code, bundled once a test file. */
export const workflowBundle = (): ReturnType<typeof bundleWorkflowCode> => {
  const workflowsPath = fileURLToPath(new URL('./privacy-workflows.ts', import.meta.url));
  bundled ??= bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
  return bundled;
};

Runtime.install({ logger: new DefaultLogger('ERROR') });

const quiet = createLog({}, new Writable({ write: (_chunk, _encoding, done) => done() }));

const onTime = (clock: ServerClock): ActivityInboundCallsInterceptor => ({
  async execute(input, next) {
    await clock.read();
    return await next(input);
  },
});

export interface BenchParts {
  readonly client: Client;
  readonly connection: NativeConnection;
  readonly deps: Deps;
  readonly taskQueue?: string;
  /** Where time is skipped: read before each activity. */
  readonly clock?: ServerClock;
  /** Told of each step, around everything else. */
  readonly told?: ActivityInboundCallsInterceptor;
  /** Without a worker here: another process serves the queue. */
  readonly apart?: boolean;
}

/** Starts a worker over these dependencies; `stop` ends it. */
export async function privacyWorker({
  connection,
  deps,
  taskQueue,
  clock,
  bundle,
  told,
}: Omit<BenchParts, 'client'> & { readonly taskQueue: string; readonly bundle?: string }) {
  const worker = await Worker.create({
    connection,
    taskQueue,
    workflowBundle: bundle === undefined ? await workflowBundle() : { codePath: bundle },
    activities: { ...privacyActivities(deps), ...consentActivities(deps) },
    dataConverter: dataConverter(deps.keys, payloadKeysOf(deps.db, deps.keys, { sealing: 'always' })),
    interceptors: {
      activity: [...(told ? [told] : []), failuresOf(quiet), beats, ...(clock ? [onTime(clock)] : [])].map((inbound) => () => ({
        inbound,
      })),
    },
    ...soonMissed,
    ...workAtOnce,
    shutdownForceTime: '5 seconds',
  });
  const ended = worker.run();
  return {
    ended,
    stop: async () => {
      worker.shutdown();
      await ended;
    },
  };
}

/** How long a request may take to come to where a person is needed, though its worker dies on the way. */
const patienceMs = 120_000;

export async function privacyBench(parts: BenchParts): Promise<PrivacyBench> {
  const { client, deps, taskQueue = `privacy-${randomUUID()}` } = parts;
  knowRequestsOf(deps.db);
  const worker = parts.apart === true ? undefined : await privacyWorker({ ...parts, taskQueue });
  const handle = (requestId: string) => client.workflow.getHandle(workflowIdOf.request(requestId));
  const until: PrivacyBench['until'] = async (requestId, progress, patience = patienceMs) => {
    const end = Date.now() + patience;
    const look = () =>
      handle(requestId)
        .query<Progress>(progressQuery)
        .catch(() => 'without a worker that answers' as const);
    let pauseMs = 50;
    for (let seen = await look(); seen !== progress; seen = await look()) {
      if (Date.now() > end) throw new Error(`the request is ${seen}, not ${progress}`);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      pauseMs = Math.min(pauseMs * 1.3, 500); // each look is work for the worker
    }
  };
  return {
    taskQueue,
    until,
    start: (requestId) =>
      client.workflow.start('runPrivacyRequest', {
        workflowId: workflowIdOf.request(requestId),
        taskQueue,
        args: [{ requestId }],
      }),
    approve: async (requestId) => {
      for (let pauseMs = 50, end = Date.now() + patienceMs; Date.now() < end; pauseMs = Math.min(pauseMs * 1.3, 500)) {
        if ((await privacyRequestById(deps.db, requestId))?.state === 'planned') break; // before that no look at the workflow is worth its while
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
      await until(requestId, 'waiting-for-approval');
      const { planHash } = (await privacyRequestById(deps.db, requestId)) ?? {};
      const decision: Decision = { kind: 'approved', by: 'dpo-2', planHash: planHash ?? '' };
      await handle(requestId).signal(decideSignal, decision);
    },
    stop: async () => worker?.stop(),
  };
}
