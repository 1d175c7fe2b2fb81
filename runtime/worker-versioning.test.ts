import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { bundleWorkflowCode, DefaultLogger, NativeConnection } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Deps } from '../activities/deps.ts';
import { dataConverter } from '../platform/codec.ts';
import { createLog } from '../platform/log.ts';
import { testKeyRing } from '../test/support/keys.ts';
import { testTemporal } from '../test/support/temporal.ts';
import { taskQueue } from '../workflows/messages.ts';
import { workerVersion } from './doctor.ts';
import { type RunningWorker, startWorker } from './worker.ts';

const keys = testKeyRing();
const namespace = `versions-${randomUUID().slice(0, 8)}`; // its own: a current version decides for a whole task queue
const deploymentName = 'ficha';
let connection: Connection;
let native: NativeConnection;
let client: Client;
let bundle: { readonly code: string };

beforeAll(async () => {
  const { address, stop } = await testTemporal();
  await stop();
  connection = await Connection.connect({ address });
  await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: msToTs('1 day') });
  native = await NativeConnection.connect({ address });
  client = new Client({ connection, namespace, dataConverter: dataConverter(keys) });
  const workflowsPath = fileURLToPath(new URL('../test/support/waiting-workflow.ts', import.meta.url));
  bundle = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
}, 60_000);
afterAll(async () => {
  await connection.close();
  await native.close();
});

const start = async (buildId: string): Promise<RunningWorker> => {
  const deps = { keys, log: createLog({ level: 'silent' }), now: () => new Date() } as unknown as Deps; // no activity runs here
  return await startWorker(native, { namespace, version: { deploymentName, buildId } }, deps, bundle);
};

/** As `temporal worker deployment set-current-version` does, which waits for the version's first worker too. */
const makeCurrent = async (buildId: string): Promise<void> => {
  const make = () =>
    connection.workflowService.setWorkerDeploymentCurrentVersion({ namespace, deploymentName, buildId, identity: 'test' }).then(
      () => 'done',
      (error: unknown) => String(error),
    );
  await expect.poll(make, { timeout: 30_000, interval: 300 }).toBe('done');
};

const waitFor = (milliseconds: number) =>
  client.workflow.start('waitFor', { workflowId: `wait-${randomUUID()}`, taskQueue, args: [milliseconds] });

/** Build ids of the workers that took the steps of a workflow, in order. */
async function buildsOf(workflowId: string): Promise<readonly (string | null | undefined)[]> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  return (events ?? []).flatMap(({ workflowTaskCompletedEventAttributes: done }) =>
    done ? [done.deploymentVersion?.buildId] : [],
  );
}

test('a version gets work once it is the current one; what runs goes over to the next one, without loss', {
  timeout: 120_000,
}, async () => {
  const first = await start('1.0.0');
  expect(await workerVersion(connection, { namespace, version: { deploymentName, buildId: '1.0.0' } })).toMatchObject([
    { fix: expect.stringContaining('set-current-version --deployment-name ficha --build-id 1.0.0') },
  ]);
  const long = await waitFor(15_000);
  await makeCurrent('1.0.0');
  await expect.poll(() => buildsOf(long.workflowId), { timeout: 30_000 }).toEqual(['1.0.0']);
  expect(await workerVersion(connection, { namespace, version: { deploymentName, buildId: '1.0.0' } })).toMatchObject([
    { ok: true },
  ]);

  const second = await start('1.1.0');
  const before = await waitFor(1);
  await before.result();
  expect(new Set(await buildsOf(before.workflowId))).toEqual(new Set(['1.0.0'])); // beside, the new one gets nothing
  await makeCurrent('1.1.0');
  await first.stop();
  await long.result();
  expect(await buildsOf(long.workflowId)).toEqual(['1.0.0', '1.1.0']);
  await second.stop();
});
