import { fileURLToPath } from 'node:url';
import {
  bundleWorkflowCode,
  DefaultLogger,
  IllegalStateError,
  makeTelemetryFilterString,
  type NativeConnection,
  Runtime,
  Worker,
} from '@temporalio/worker';
import type { Deps } from '../activities/deps.ts';
import { beats } from '../activities/beating.ts';
import { failuresOf } from '../activities/failure.ts';
import { buildActivities, buildWatchActivities } from '../activities/index.ts';
import { dataConverter } from '../platform/codec.ts';
import type { Log } from '../platform/log.ts';
import type { TemporalSettings } from '../platform/settings.ts';
import { payloadKeysOf } from './payload-keys.ts';
import type { Tracing } from './tracing.ts';
import { soonMissed, workAtOnce } from './work-at-once.ts';
import { taskQueue, watchQueue } from '../workflows/messages.ts';

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

export type WorkflowBundle = { readonly code: string };
type BundleOptions = Parameters<typeof bundleWorkflowCode>[0];
type WebpackConfig = Parameters<NonNullable<BundleOptions['webpackConfigHook']>>[0];

/** The SDK reads no TypeScript under node_modules; installed from the registry, that is where Ficha lies. */
function readOwnSources(config: WebpackConfig): WebpackConfig {
  const rules = config.module?.rules?.map((rule) => {
    const typescript = typeof rule === 'object' && rule?.test instanceof RegExp && rule.test.source === '\\.ts$';
    return typescript ? { ...rule, exclude: /node_modules(?!.*[\\/]workflows[\\/])/ } : rule;
  });
  return { ...config, module: { ...config.module, ...(rules ? { rules } : {}) } };
}

/**
 * Workflow code as the worker loads it: every file of workflows/, bundled once.
 * @param interceptors paths of modules that are bundled too
 */
export async function bundleWorkflows(interceptors: readonly string[] = []): Promise<WorkflowBundle> {
  return await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../workflows/index.ts', import.meta.url)),
    workflowInterceptorModules: [...interceptors],
    logger: new DefaultLogger('ERROR'),
    webpackConfigHook: readOwnSources,
  });
}

/**
 * Starts the workers of every workflow and activity of Ficha. `stop` lets running activities end, and what only waits at once. With a version
 * they get work once that is the current one of its deployment; a workflow that runs goes over to the current one with its next step, which
 * changes of workflows allow for.
 * @see https://docs.temporal.io/production-deployment/worker-deployments/worker-versioning
 */
export async function startWorker(
  connection: NativeConnection,
  { namespace, version }: Pick<TemporalSettings, 'namespace' | 'version'>,
  deps: Deps,
  workflowBundle: WorkflowBundle,
  tracing?: Tracing,
): Promise<RunningWorker> {
  const common = {
    connection,
    namespace,
    ...soonMissed,
    dataConverter: dataConverter(deps.keys, payloadKeysOf(deps.db, deps.keys, { sealing: 'always' })),
    interceptors: {
      activity: [...(tracing ? [tracing.activity] : []), () => ({ inbound: failuresOf(deps.log) }), () => ({ inbound: beats })],
    },
    ...(version && {
      workerDeploymentOptions: {
        version,
        useWorkerVersioning: true as const,
        defaultVersioningBehavior: 'AUTO_UPGRADE' as const,
      },
    }),
  };
  const worker = await Worker.create({
    ...common,
    taskQueue,
    workflowBundle,
    activities: buildActivities(deps),
    ...(tracing ? { sinks: tracing.sinks } : {}),
    ...workAtOnce,
    shutdownGraceTime: '10 seconds',
    shutdownForceTime: '15 seconds',
  });
  const watcher = await Worker.create({
    ...common,
    taskQueue: watchQueue,
    activities: buildWatchActivities(deps),
    maxConcurrentActivityTaskExecutions: 500,
    shutdownGraceTime: 0,
    shutdownForceTime: '15 seconds',
  });
  const workers = [worker, watcher];
  const ended = Promise.all(workers.map((one) => one.run())).then(() => undefined);
  ended.catch(() => undefined); // whoever awaits `ended` or stops the worker is told
  return {
    ended,
    stop: async () => {
      for (const one of workers) if (one.getState() === 'RUNNING') one.shutdown();
      await ended.catch((error: unknown) => {
        if (!(error instanceof IllegalStateError)) throw error;
        deps.log.warn({}, 'work was under way when the worker had to end; Temporal gives it to the next one');
      });
    },
  };
}
