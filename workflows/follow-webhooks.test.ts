import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { ApplicationFailure } from '@temporalio/common';
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dataConverter } from '../platform/codec.ts';
import { testKeyRing } from '../test/support/keys.ts';
import { type TestTemporal, testTemporal } from '../test/support/temporal.ts';
import { webhooksCameSignal, workflowIdOf } from './messages.ts';

let temporal: TestTemporal;
let bundle: { readonly code: string };
beforeAll(async () => {
  temporal = await testTemporal();
  const workflowsPath = fileURLToPath(new URL('./index.ts', import.meta.url));
  bundle = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
});
afterAll(() => temporal.stop());

/** Runs one round, with activities that note what they were asked; `sync` does the pull. */
async function follow(sync: () => Promise<void>, more: (signal: () => Promise<unknown>) => Promise<void> = async () => {}) {
  const calls: string[] = [];
  const systemId = `mailer-${randomUUID().slice(0, 8)}`;
  const taskQueue = `webhooks-${randomUUID()}`;
  const worker = await Worker.create({
    connection: temporal.connection,
    taskQueue,
    workflowBundle: bundle,
    dataConverter: dataConverter(testKeyRing()),
    activities: {
      workInWebhooks: ({ upTo }: { readonly upTo: string | null }) => {
        calls.push(upTo === null ? 'before' : `after ${upTo}`);
        return Promise.resolve({ after: null, last: '7', saidSomething: upTo === null });
      },
      mayPull: () => Promise.resolve(true),
      beginSync: async () => {
        calls.push('pull');
        await sync();
        return { streams: [] };
      },
      endSync: () => Promise.resolve(),
      resolveBatch: () => Promise.resolve({ taken: 0 }),
      deriveSuppressions: () => {
        calls.push('pass on');
        return Promise.resolve({ derived: 0 });
      },
      systemsToSuppress: () => Promise.resolve([]),
      projectBatch: () => Promise.resolve({ projected: 0 }),
      settleHits: () => Promise.resolve({ settled: 0, last: null }),
    },
  });
  const signal = () =>
    temporal.client.workflow.signalWithStart('followWebhooks', {
      workflowId: workflowIdOf.webhooks(systemId),
      taskQueue,
      signal: webhooksCameSignal,
      args: [{ systemId }],
    });
  await worker.runUntil(async () => {
    const handle = await signal();
    await more(signal);
    await handle.result();
    const replaying = { workflowBundle: bundle, dataConverter: dataConverter(testKeyRing()) };
    await Worker.runReplayHistory(replaying, await handle.fetchHistory(), handle.workflowId);
  });
  return calls;
}

test('what people said is passed on before the pull; the rest is worked in after it, up to what came before; it replays', async () => {
  expect(await follow(() => Promise.resolve())).toEqual(['before', 'pass on', 'pull', 'pass on', 'after 7']);
}, 60_000);

test('a pull that fails holds back nothing that people said', async () => {
  const calls = await follow(() => Promise.reject(ApplicationFailure.nonRetryable('no', 'vendor-unreachable')));
  expect(calls.slice(0, 3)).toEqual(['before', 'pass on', 'pull']);
  expect(calls.at(-1)).toBe('after 7');
}, 60_000);

test('webhooks that come while it works get a pull of their own', async () => {
  let pulls = 0;
  let reached = (): void => {};
  const pulling = new Promise<void>((resolve) => {
    reached = resolve;
  });
  let go = (): void => {};
  const told = new Promise<void>((resolve) => {
    go = resolve;
  });
  const calls = await follow(
    async () => {
      pulls += 1;
      if (pulls > 1) return;
      reached();
      await told;
    },
    async (signal) => {
      await pulling;
      await signal();
      go();
    },
  );
  expect(calls.filter((call) => call === 'pull')).toHaveLength(2);
}, 60_000);
