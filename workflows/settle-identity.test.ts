import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dataConverter } from '../platform/codec.ts';
import { splitClient } from '../store/write/client-decisions.ts';
import { type IdentityScene, identityScene, type Incoming, resolverOf } from '../test/support/identity-scene.ts';
import { testKeyRing } from '../test/support/keys.ts';
import { type TestTemporal, testTemporal } from '../test/support/temporal.ts';
import { identityChangedSignal } from './messages.ts';

let temporal: TestTemporal;
let elsewhere: TestTemporal;
let scene: IdentityScene;
let bundle: { readonly code: string };
beforeAll(async () => {
  [temporal, elsewhere, scene] = await Promise.all([testTemporal(), testTemporal(), identityScene()]);
  const workflowsPath = fileURLToPath(new URL('./index.ts', import.meta.url));
  bundle = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
});
afterAll(async () => {
  await scene.end();
  await temporal.stop();
  await elsewhere.stop();
});

const person = (externalId: string, email: string): Incoming => ({
  system: 'erp',
  kind: 'person',
  externalId,
  canonical: { fullName: 'Ana García López', emails: [email] },
});
const workerOn = ({ connection }: TestTemporal, taskQueue: string) =>
  Worker.create({
    connection,
    taskQueue,
    workflowBundle: bundle,
    activities: {
      ...resolverOf(scene.database.worker),
      // nothing is due outside in this test: what follows a decision is tested where it is done
      deriveSuppressions: () => Promise.resolve({ derived: 0 }),
      systemsToSuppress: () => Promise.resolve([]),
      projectBatch: () => Promise.resolve({ projected: 0 }),
    },
    dataConverter: dataConverter(testKeyRing()),
  });
const settle = (taskQueue: string, workflowId: string) =>
  temporal.client.workflow.signalWithStart('settleIdentity', { workflowId, taskQueue, signal: identityChangedSignal });

test('two workers carry out decisions that come while they work, each once, and the clients are those of one worker', async () => {
  const people = Array.from({ length: 30 }, (_, n) => person(String(n), `ana${n % 10}@x.example`));
  await scene.arrive(people);
  const taskQueue = `identity-${randomUUID()}`;
  const [first, second] = await Promise.all([workerOn(temporal, taskQueue), workerOn(elsewhere, taskQueue)]);
  await first.runUntil(
    second.runUntil(async () => {
      // two runs at once over one queue
      const handles = await Promise.all([settle(taskQueue, `${taskQueue}-a`), settle(taskQueue, `${taskQueue}-b`)]);
      await Promise.all(handles.map((handle) => handle.result()));
      const clientId = (await scene.records()).get('erp:0')?.clientId ?? '';
      await scene.database.worker.transaction((tx) =>
        splitClient(tx, { clientId, records: ['erp:20'], by: 'data-team-1', at: new Date(), dryRun: false }),
      );
      await (await settle(taskQueue, `${taskQueue}-a`)).result();
    }),
  );
  const clusters = await scene.clusters();
  expect(clusters).toHaveLength(11);
  expect(clusters).toContain('erp:20');
  expect(clusters).toContain('erp:0 erp:10');
  expect(clusters).toContain('erp:1 erp:11 erp:21');
}, 60_000);
