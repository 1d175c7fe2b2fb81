import { fileURLToPath } from 'node:url';
import {
  bundleWorkflowCode,
  DefaultLogger,
  makeTelemetryFilterString,
  type NativeConnection,
  Runtime,
  Worker,
} from '@temporalio/worker';
import type { Deps } from '../activities/deps.ts';
import { failuresOf } from '../activities/failure.ts';
import { buildActivities } from '../activities/index.ts';
import { dataConverter } from '../platform/codec.ts';
import type { Log } from '../platform/log.ts';
import { taskQueue } from '../workflows/messages.ts';

/** The SDK writes through our log, which drops what is not on its list; its own messages are constants. */
export function installRuntime(log: Log): void {
  Runtime.install({
    logger: new DefaultLogger('WARN', ({ level, message }) => {
      if (level === 'ERROR') log.error({ step: 'temporal' }, message.slice(0, 120));
    }),
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' }) } },
    shutdownSignals: [],
  });
}

export interface RunningWorker {
  /** Ends when the worker does; throws when it failed. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** Workflow code as the worker loads it: every file of workflows/, bundled once. */
export async function bundleWorkflows(): Promise<{ readonly code: string }> {
  return await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../workflows/index.ts', import.meta.url)),
    logger: new DefaultLogger('ERROR'),
  });
}

/** Starts a worker for every workflow and activity of Ficha. `stop` lets running activities end. */
export async function startWorker(
  connection: NativeConnection,
  namespace: string,
  deps: Deps,
  workflowBundle: { readonly code: string },
): Promise<RunningWorker> {
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue,
    workflowBundle,
    activities: buildActivities(deps),
    dataConverter: dataConverter(deps.keys),
    interceptors: { activity: [() => ({ inbound: failuresOf(deps.log) })] },
    maxConcurrentActivityTaskExecutions: 20,
    shutdownGraceTime: '10 seconds',
    shutdownForceTime: '15 seconds',
  });
  const ended = worker.run();
  return {
    ended,
    stop: async () => {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await ended;
    },
  };
}
