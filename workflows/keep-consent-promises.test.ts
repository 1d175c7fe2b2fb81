import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { ApplicationFailure } from '@temporalio/common';
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dataConverter } from '../platform/codec.ts';
import { testKeyRing } from '../test/support/keys.ts';
import { type TestTemporal, testTemporal } from '../test/support/temporal.ts';

let temporal: TestTemporal;
beforeAll(async () => {
  temporal = await testTemporal();
});
afterAll(() => temporal.stop());

test('every system is read to its end, one that fails holds up no other, and what was found is passed on last; it replays', async () => {
  const taskQueue = `round-${randomUUID()}`;
  const workflowsPath = fileURLToPath(new URL('./index.ts', import.meta.url));
  const workflowBundle = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
  const calls: string[] = [];
  const worker = await Worker.create({
    connection: temporal.connection,
    taskQueue,
    workflowBundle,
    dataConverter: dataConverter(testKeyRing()),
    activities: {
      endConsentsByTime: () => Promise.resolve({ cameOfAge: 1 }),
      proposeErasures: () => Promise.resolve({ proposed: 2 }),
      systemsToReconcile: () => Promise.resolve(['crm', 'gone']),
      reconcileSystem: ({ systemId, after }: { readonly systemId: string; readonly after: string }) => {
        if (systemId === 'gone') throw ApplicationFailure.nonRetryable('no', 'vendor-unreachable');
        calls.push(after);
        return Promise.resolve(after === 'next' ? { drifted: 0, last: null } : { drifted: 3, last: 'next' });
      },
      deriveSuppressions: () => {
        calls.push('pass on');
        return Promise.resolve({ derived: 0 });
      },
      systemsToSuppress: () => Promise.resolve([]),
    },
  });
  await worker.runUntil(async () => {
    const handle = await temporal.client.workflow.start('keepConsentPromises', { workflowId: randomUUID(), taskQueue, args: [] });
    expect(await handle.result()).toEqual({ cameOfAge: 1, proposed: 2, drifted: 3 });
    const child = temporal.client.workflow.getHandle(`${handle.workflowId}/compare-crm-${handle.firstExecutionRunId}`);
    expect(await child.result()).toBe(3);
    const replaying = { workflowBundle, dataConverter: dataConverter(testKeyRing()) };
    await Worker.runReplayHistory(replaying, await handle.fetchHistory(), handle.workflowId);
  });
  expect(calls).toEqual(['00000000-0000-0000-0000-000000000000', 'next', 'pass on']);
});
