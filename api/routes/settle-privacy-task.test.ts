import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Role } from '../../domain/access/role.ts';
import { createLog } from '../../platform/log.ts';
import { openPrivacyTasks } from '../../store/read/privacy-questions.ts';
import { testKeyRing } from '../../test/support/keys.ts';
import { type Scene, setScene } from '../../test/support/privacy-scene.ts';
import { openErasure } from '../../test/support/privacy-world.ts';
import { type TestTemporal, testTemporal } from '../../test/support/temporal.ts';
import { createCommandApi } from '../server.ts';
import { unlinked } from '../../test/support/unlinked.ts';

let temporal: TestTemporal;
let scene: Scene;

beforeAll(async () => {
  temporal = await testTemporal();
  scene = await setScene(temporal);
});
afterAll(async () => {
  await scene.end();
  await temporal.stop();
});

const answering = async (role: Role, taskId: string, answer: string) => {
  const api = createCommandApi({
    db: scene.database.worker,
    temporal: temporal.client,
    keys: testKeyRing(),
    log: createLog(),
    now: () => new Date(),
    ordererOf: () => Promise.resolve({ subject: 'dpo-2', roles: [role] }),
    ...unlinked,
  });
  const response = await api.request('/v1/privacy-tasks', { method: 'POST', body: JSON.stringify({ taskId, answer }) });
  return { status: response.status, body: (await response.json()) as { readonly code?: string; readonly message?: string } };
};

test('a question about a namesake is answered, told again, and the request goes on to its end', async () => {
  const { requestId } = await openErasure(scene.database, scene.anaId);
  await scene.bench.start(requestId);
  await scene.bench.approve(requestId);
  await scene.bench.until(requestId, 'waiting-for-person');
  const tasks = await openPrivacyTasks(scene.database.reader, requestId);
  const [question] = tasks.filter(({ reason }) => reason === 'namesake');
  if (question === undefined) throw new Error('the scene asks about the brother');
  expect(question.linkedSystemId).toBe('erp');

  expect(await answering('data-team', question.id, 'other-person')).toMatchObject({ status: 403, body: { code: 'not-allowed' } });
  expect(await answering('dpo', randomUUID(), 'done')).toMatchObject({ status: 404, body: { code: 'unknown-task' } });
  expect(await answering('dpo', question.id, 'perhaps')).toMatchObject({ status: 400, body: { code: 'bad-body' } });
  const unfit = await answering('dpo', question.id, 'done');
  expect(unfit).toMatchObject({ status: 409, body: { code: 'answer-does-not-fit' } });
  expect(unfit.body.message).toContain('same-person, other-person');

  expect(await answering('dpo', question.id, 'other-person')).toMatchObject({ status: 202, body: { requestId } });
  expect(await answering('dpo', question.id, 'other-person')).toMatchObject({ status: 202 });
  expect(await answering('dpo', question.id, 'same-person')).toMatchObject({ status: 409, body: { code: 'task-is-over' } });

  expect(await scene.outcome(requestId)).toBe('complete-with-exceptions');
  expect([...scene.erp.rows.keys()].sort()).toEqual(['person:2', 'sale:f1']);
  expect(await openPrivacyTasks(scene.database.reader, requestId)).toEqual([]);
}, 60_000);
