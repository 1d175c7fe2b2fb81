import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { Client, WorkflowStartOptions } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { failuresOf } from '../../activities/failure.ts';
import { rehearseActivities } from '../../activities/rehearse.ts';
import { dataConverter } from '../../platform/codec.ts';
import { createLog } from '../../platform/log.ts';
import { type TestCommandApi, testCommandApi } from '../../test/support/command-api.ts';
import { testKeyRing } from '../../test/support/keys.ts';
import { type Scene, setScene } from '../../test/support/privacy-scene.ts';
import { openErasure, privacyDeps } from '../../test/support/privacy-world.ts';
import { type TestTemporal, testTemporal } from '../../test/support/temporal.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 });

let temporal: TestTemporal;
let scene: Scene;
let worker: Worker;
let working: Promise<void>;
let api: TestCommandApi;
let requestId: string;

beforeAll(async () => {
  temporal = await testTemporal();
  scene = await setScene(temporal);
  const taskQueue = `rehearse-${randomUUID()}`;
  const workflowsPath = fileURLToPath(new URL('../../workflows/index.ts', import.meta.url));
  worker = await Worker.create({
    connection: temporal.connection,
    taskQueue,
    workflowBundle: await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') }),
    activities: rehearseActivities(privacyDeps(scene.database, [scene.erp, scene.mailer])),
    dataConverter: dataConverter(testKeyRing()),
    interceptors: { activity: [() => ({ inbound: failuresOf(createLog({ level: 'silent' })) })] },
  });
  working = worker.run();
  const execute = (name: string, options: WorkflowStartOptions) =>
    temporal.client.workflow.execute(name, { ...options, taskQueue });
  api = testCommandApi(scene.database, temporal, { temporal: { workflow: { execute } } as unknown as Client });
  ({ requestId } = await openErasure(scene.database, scene.anaId));
  await scene.bench.start(requestId);
  await scene.bench.until(requestId, 'waiting-for-approval');
});
afterAll(async () => {
  await scene.bench.stop();
  worker.shutdown();
  await working;
  await scene.database.drop();
  await temporal.stop();
});

const rehearse = (id: string, role: 'dpo' | 'front-office' = 'dpo') => api.send(role, 'POST', `/v1/requests/${id}/rehearsal`);

test('a dry run says of each line what its system would do, and writes nothing in any system or in the plan', async () => {
  const before = JSON.stringify([[...scene.erp.rows], [...scene.mailer.rows]]);
  const { status, body } = await rehearse(requestId);
  expect(status).toBe(200);
  const lines = body['lines'] as readonly { readonly systemId: string; readonly action: string; readonly answer: string }[];
  expect(lines.map(({ systemId, action, answer }) => `${systemId} ${action} ${answer}`).sort()).toEqual([
    'erp delete would-erase',
    'erp delete would-erase',
    'erp keep-until no-call',
    'mailer delete would-erase',
  ]);
  expect(JSON.stringify([[...scene.erp.rows], [...scene.mailer.rows]])).toBe(before);
  expect([scene.erp.ledger, scene.mailer.ledger]).toEqual([[], []]);
  expect((await rehearse(requestId)).body['planHash']).toBe(body['planHash']);
});

test('what is no erasure, is not planned or is not there is told; the front office is sent away', async () => {
  const { requestId: other } = await openErasure(scene.database, scene.anaId, 'access').catch(() => ({ requestId: '' }));
  expect(other).toBe(''); // an erasure runs alone
  expect(await rehearse(randomUUID())).toMatchObject({ status: 404 });
  expect(await rehearse(requestId, 'front-office')).toMatchObject({ status: 403 });
  await scene.bench.approve(requestId);
  await scene.bench.until(requestId, 'waiting-for-person');
  expect(await rehearse(requestId)).toMatchObject({ status: 409, body: { code: 'not-ready' } });
});
