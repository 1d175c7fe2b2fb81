import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { DefaultLogger, type NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { consentActivities } from '../../activities/consent.ts';
import type { Deps } from '../../activities/deps.ts';
import { failuresOf } from '../../activities/failure.ts';
import { dataConverter } from '../../platform/codec.ts';
import { createLog } from '../../platform/log.ts';

Runtime.install({ logger: new DefaultLogger('ERROR') });
const quiet = createLog({}, new Writable({ write: (_chunk, _encoding, done) => done() }));

export const consentWorkflows = fileURLToPath(new URL('../../workflows/propagate-consent.ts', import.meta.url));

/** Starts a worker that passes consent on and does nothing else; `stop` ends it. */
export async function consentWorker(connection: NativeConnection, taskQueue: string, deps: Deps) {
  const worker = await Worker.create({
    connection,
    taskQueue,
    workflowsPath: consentWorkflows,
    activities: consentActivities(deps),
    dataConverter: dataConverter(deps.keys),
    interceptors: { activity: [() => ({ inbound: failuresOf(quiet) })] },
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
