import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { ApplicationFailure } from '@temporalio/common';
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dataConverter } from '../platform/codec.ts';
import { testKeyRing } from '../test/support/keys.ts';
import { type TestTemporal, testTemporal } from '../test/support/temporal.ts';
import { progressQuery } from './messages.ts';
import type { SyncProgress } from './sync-system.ts';

let temporal: TestTemporal;
let bundle: { readonly code: string };
beforeAll(async () => {
  temporal = await testTemporal();
  const workflowsPath = fileURLToPath(new URL('./index.ts', import.meta.url));
  bundle = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
});
afterAll(() => temporal.stop());

type Work = () => Promise<unknown>;

/** Activities that note what they were asked; those in `own` also do something. */
function noting(calls: string[], own: Readonly<Record<string, Work>>): Record<string, (order: object) => Promise<unknown>> {
  const answers: Readonly<Record<string, unknown>> = {
    beginSync: { streams: ['parties', 'sales'] },
    syncStream: { pages: 1 },
    systemsToSuppress: [],
    deriveSuppressions: { derived: 0 },
    projectBatch: { projected: 0 },
  };
  const names = [
    'beginSync',
    'syncStream',
    'replayStream',
    'endSync',
    'resolveBatch',
    'deriveSuppressions',
    'systemsToSuppress',
    'projectBatch',
    'openHits',
  ];
  return Object.fromEntries(
    [...new Set([...names, ...Object.keys(own)])].map((name) => [
      name,
      async (order: object) => {
        const { stream, state, errorCode } = order as { stream?: string; state?: string; errorCode?: string | null };
        calls.push([name, stream, state, errorCode].filter((part) => part !== undefined && part !== null).join(' '));
        return (await own[name]?.()) ?? answers[name];
      },
    ]),
  );
}

async function syncWith(
  own: Readonly<Record<string, Work>>,
  look: (progress: () => Promise<SyncProgress>) => Promise<void> = () => Promise.resolve(),
  mode = 'full',
) {
  const calls: string[] = [];
  const taskQueue = `sync-${randomUUID()}`;
  const worker = await Worker.create({
    connection: temporal.connection,
    taskQueue,
    workflowBundle: bundle,
    activities: noting(calls, own),
    dataConverter: dataConverter(testKeyRing()),
  });
  const failure = await worker.runUntil(async () => {
    const handle = await temporal.client.workflow.start('syncSystem', {
      workflowId: taskQueue,
      taskQueue,
      args: [{ systemId: 'erp', mode }],
    });
    await look(() => handle.query<SyncProgress>(progressQuery));
    return await handle.result().then(
      () => undefined,
      (error: unknown) => error,
    );
  });
  return { calls, failure };
}

const refused =
  (code: string): Work =>
  () =>
    Promise.reject(ApplicationFailure.nonRetryable('no', code));

test('a stream that cannot be pulled closes the run with its code, and nothing after it is done', async () => {
  const { calls, failure } = await syncWith({ syncStream: refused('credentials-refused') });
  expect(failure).toBeDefined();
  expect(calls).toEqual(['beginSync', 'syncStream parties', 'endSync failed credentials-refused']);
});

test('what fails after the pull closes the run too, with the code of what failed below', async () => {
  const { calls, failure } = await syncWith({ resolveBatch: refused('database-gone') });
  expect(failure).toBeDefined();
  expect(calls.slice(0, 3)).toEqual(['beginSync', 'syncStream parties', 'syncStream sales']);
  expect(calls.at(-1)).toBe('endSync failed database-gone');
});

test('the streams come in the order of the manifest, and one can ask where it is', async () => {
  let goOn = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const { calls } = await syncWith({ syncStream: () => held, resolveBatch: refused('stop-here') }, async (progress) => {
    await expect.poll(progress).toMatchObject({ at: 'parties', streamsDone: 0 });
    goOn();
  });
  expect(calls.slice(0, 3)).toEqual(['beginSync', 'syncStream parties', 'syncStream sales']);
});

test('a stream that was read in part is pulled on, until its end', async () => {
  let asked = 0;
  const syncStream: Work = () => {
    asked += 1;
    return Promise.resolve(asked < 3 ? { pages: 1, more: true } : { pages: 1 });
  };
  const { calls } = await syncWith({ syncStream, resolveBatch: refused('stop-here') });
  expect(calls.slice(0, 5)).toEqual([
    'beginSync',
    'syncStream parties',
    'syncStream parties',
    'syncStream parties',
    'syncStream sales',
  ]);
});

test('a replay pulls nothing but a stream whose listing alone can tell, and goes on as a pull does', async () => {
  let asked = 0;
  const replayStream: Work = () => {
    asked += 1;
    return Promise.resolve(asked === 1 ? 'done' : 'read-whole');
  };
  const { calls } = await syncWith({ replayStream, resolveBatch: refused('stop-here') }, () => Promise.resolve(), 'replay');
  expect(calls.slice(0, 5)).toEqual([
    'beginSync',
    'replayStream parties',
    'replayStream sales',
    'syncStream sales',
    'resolveBatch',
  ]);
});
