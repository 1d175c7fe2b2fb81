import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '../../store/database.ts';
import { type TestCommandApi, testCommandApi } from '../../test/support/command-api.ts';
import { type TestDatabase, testDatabase } from '../../test/support/postgres.ts';
import { clientOf, linkSystem, storePerson } from '../../test/support/privacy-world.ts';
import { type TestTemporal, testTemporal } from '../../test/support/temporal.ts';

const ana = { given: 'Ana', family: 'Quijano', email: 'ana.task@example.org', phone: '+34600111778' };
let database: TestDatabase;
let temporal: TestTemporal;
let api: TestCommandApi;
let clientId: string;

beforeAll(async () => {
  temporal = await testTemporal();
  database = await testDatabase();
  await linkSystem(database.worker, 'erp');
  clientId = await clientOf(database.worker, ana);
  await storePerson(database.worker, clientId, 'erp', '1', ana);
  api = testCommandApi(database, temporal);
});
afterAll(async () => {
  await database.drop();
  await temporal.stop();
});

/** A suppression with a task about it, and the two ids. */
async function refused(
  state: string,
  lift: string | null,
  reason: string,
): Promise<readonly [suppression: string, task: string]> {
  await database.worker.query(sql`delete from suppression`);
  const { rows } = await database.worker.query<{ id: string }>(sql`
    insert into suppression (client_id, purpose, channel, linked_system_id, since, state, lift_state, lifted_at, attempts)
    values (${clientId}, 'marketing', 'email', 'erp', now(), ${state}, ${lift}, case when ${lift}::text is null then null else now() end, 8)
    returning id`);
  const id = rows[0]?.id ?? '';
  const { rows: tasks } = await database.worker.query<{ id: string }>(sql`
    insert into review_task (kind, reason, subject, subject_key)
    values ('consent', ${reason}, jsonb_build_object('clientId', ${clientId}::text, 'suppressionId', ${id}::text), ${id}) returning id`);
  return [id, tasks[0]?.id ?? ''];
}
const stateOf = async () => (await database.worker.query(sql`select state, lift_state, attempts from suppression`)).rows[0];

test('what a system refused is told again, once, and the answer is audited', async () => {
  const [, taskId] = await refused('refused', null, 'suppression-refused');
  expect((await api.send('dpo', 'GET', '/v1/consent-tasks')).body).toMatchObject({
    tasks: [{ taskId, reason: 'suppression-refused', clientId, linkedSystemId: 'erp', purpose: 'marketing', channel: 'email' }],
  });
  expect((await api.send('data-team', 'GET', '/v1/consent-tasks')).status).toBe(403);
  expect((await api.send('dpo', 'POST', '/v1/consent-tasks', { taskId, answer: 'done' })).status).toBe(400);
  const again = await api.send('dpo', 'POST', '/v1/consent-tasks', { taskId, answer: 'look-again' });
  expect([again.status, again.body]).toMatchObject([202, { passedOn: 'started' }]);
  expect(await stateOf()).toEqual({ state: 'due', lift_state: null, attempts: 0 });
  expect((await api.send('dpo', 'POST', '/v1/consent-tasks', { taskId, answer: 'look-again' })).status).toBe(409);
  const { rows } = await database.reader.query(sql`select facts from audit_entry where action = 'consent-task.settle'`);
  expect(rows).toEqual([{ facts: { taskId, answer: 'look-again' } }]);
});

test('a no that a split left behind has no yes to tell: it is settled by hand, with its evidence', async () => {
  const [, taskId] = await refused('applied', 'refused', 'suppression-left-behind');
  const again = await api.send('dpo', 'POST', '/v1/consent-tasks', { taskId, answer: 'look-again' });
  expect([again.status, again.body]).toMatchObject([409, { code: 'answer-does-not-fit' }]);
  const done = { taskId, answer: 'done', evidence: 'allowed there by hand, ticket 4711' };
  expect((await api.send('dpo', 'POST', '/v1/consent-tasks', done)).status).toBe(202);
  expect((await api.send('dpo', 'GET', '/v1/consent-tasks')).body).toEqual({ tasks: [] });
  expect(await stateOf()).toEqual({ state: 'applied', lift_state: 'refused', attempts: 8 });
  const unknown = { ...done, taskId: '00000000-0000-7000-8000-000000000000' };
  expect((await api.send('dpo', 'POST', '/v1/consent-tasks', unknown)).status).toBe(404);
});
