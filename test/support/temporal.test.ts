import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker';
import { beforeAll, expect, test } from 'vitest';
import { dataConverter } from '../../platform/codec.ts';
import { testKeyRing } from './keys.ts';
import { testTemporal, timeSkippingEnvironment } from './temporal.ts';

const taskQueue = 'support';
const month = 30 * 24 * 3_600_000;
let workflowBundle: { readonly code: string };

beforeAll(async () => {
  const workflowsPath = fileURLToPath(new URL('waiting-workflow.ts', import.meta.url));
  workflowBundle = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
});

test('thirty days pass in a moment', async () => {
  const environment = await timeSkippingEnvironment();
  const worker = await Worker.create({
    connection: environment.nativeConnection,
    taskQueue,
    workflowBundle,
    dataConverter: dataConverter(testKeyRing()),
  });
  const start = Date.now();
  const waited = await worker.runUntil(
    environment.client.workflow.execute('waitFor', { workflowId: 'month', taskQueue, args: [month] }),
  );
  expect(waited).toBeGreaterThanOrEqual(month);
  expect(Date.now() - start).toBeLessThan(20_000);
  await environment.teardown();
}, 120_000);

test('the shared server runs a workflow through the codec', async () => {
  const { client, connection, stop } = await testTemporal();
  const worker = await Worker.create({ connection, taskQueue, workflowBundle, dataConverter: dataConverter(testKeyRing()) });
  const waited = await worker.runUntil(client.workflow.execute('waitFor', { workflowId: 'moment', taskQueue, args: [1] }));
  expect(waited).toBeGreaterThanOrEqual(1);
  await stop();
}, 120_000);
