import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { sql } from '../../store/database.ts';
import { type TestCommandApi, testCommandApi } from '../../test/support/command-api.ts';
import { type TestDatabase, testDatabase } from '../../test/support/postgres.ts';
import { clientOf } from '../../test/support/privacy-world.ts';
import { type TestTemporal, testTemporal } from '../../test/support/temporal.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

let temporal: TestTemporal;
let database: TestDatabase;
let api: TestCommandApi;
let clientId: string;

beforeAll(async () => {
  temporal = await testTemporal();
  database = await testDatabase();
  api = testCommandApi(database, temporal);
  clientId = await clientOf(database.worker, { given: 'Ana', family: 'Ruiz', email: 'ana@example.org', phone: '+34600000000' });
});
afterAll(async () => {
  await database.drop();
  await temporal.stop();
});

const note = (body: Readonly<Record<string, unknown>>, role: 'dpo' | 'front-office' = 'dpo') =>
  api.send(role, 'POST', '/v1/recipients', { clientId, place: 'insurer.example', ...body });
const listed = async () => (await api.send('dpo', 'GET', `/v1/recipients/${clientId}`)).body['recipients'];

test('who was given data outside Ficha is noted, said anew and taken back, each in the audit log', async () => {
  const givenAt = '2026-05-05T00:00:00.000Z';
  expect(await note({ title: 'Seguros Norte S.A.', givenAt })).toMatchObject({ status: 200 });
  expect(await listed()).toEqual([{ place: 'insurer.example', title: 'Seguros Norte S.A.', givenAt, by: 'note' }]);
  expect(await note({ title: 'Seguros del Norte', givenAt })).toMatchObject({ status: 200 });
  expect(await listed()).toMatchObject([{ title: 'Seguros del Norte' }]);
  expect(await note({ mistaken: true })).toEqual({ status: 200, body: { clientId, recipients: [] } });
  expect(await note({ mistaken: true })).toMatchObject({ status: 404, body: { code: 'unknown-recipient' } });
  const { rows } = await database.worker.query<{ action: string; facts: object }>(sql`
    select action, facts from audit_entry where subject = ${clientId} and action like 'recipient.%' order by seq`);
  expect(rows).toEqual([
    { action: 'recipient.note', facts: { place: 'insurer.example', givenAt } },
    { action: 'recipient.note', facts: { place: 'insurer.example', givenAt } },
    { action: 'recipient.withdraw', facts: { place: 'insurer.example' } },
  ]);
});

test('what is still to come, a name in place of a code, nobody and a role that may not are told', async () => {
  expect(await note({ givenAt: '2999-01-01T00:00:00Z' })).toMatchObject({ status: 400, body: { code: 'bad-body' } });
  expect(await note({ place: 'Pilar Ruiz' })).toMatchObject({ status: 400, body: { code: 'bad-body' } });
  expect(await note({ clientId: '0199b6f0-0000-7000-8000-000000000001' })).toMatchObject({
    status: 404,
    body: { code: 'unknown-client' },
  });
  expect(await note({}, 'front-office')).toMatchObject({ status: 403 });
  expect(await api.send('front-office', 'GET', `/v1/recipients/${clientId}`)).toMatchObject({ status: 403 });
});
