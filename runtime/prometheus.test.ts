import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '../store/database.ts';
import { type TestDatabase, testDatabase } from '../test/support/postgres.ts';
import { clientOf, linkSystem, openErasure, storePerson } from '../test/support/privacy-world.ts';
import { createPrometheus } from './prometheus.ts';

let database: TestDatabase;
const eva = { given: 'Eva', family: 'Montes', email: 'eva.montes@example.org', phone: '+34600111777' };

beforeAll(async () => {
  database = await testDatabase();
  await linkSystem(database.worker, 'erp');
  const clientId = await clientOf(database.worker, eva);
  await storePerson(database.worker, clientId, 'erp', '1', eva);
  await openErasure(database, clientId);
  await database.worker.query(sql`
    insert into sync_run (id, linked_system_id, mode, state, started_at, ended_at)
    values (gen_random_uuid(), 'erp', 'full', 'done', now() - interval '2 hours', now() - interval '1 hour')`);
});
afterAll(() => database.drop());

const lineOf = (text: string, name: string): string =>
  text.split('\n').find((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `)) ?? '';

test('an operator sees requests, deadlines at risk, and how old each system is', async () => {
  const now = await createPrometheus(database.reader, () => new Date())();
  expect(lineOf(now, 'ficha_privacy_requests_open')).toBe('ficha_privacy_requests_open 1');
  expect(lineOf(now, 'ficha_privacy_requests_at_risk')).toBe('ficha_privacy_requests_at_risk 0');
  expect(lineOf(now, 'ficha_system_seconds_since_sync')).toMatch(/\{system="erp"\} 36\d\d$/);
  expect(lineOf(now, 'ficha_system_last_sync_failed')).toBe('ficha_system_last_sync_failed{system="erp"} 0');
  const nearTheEnd = await createPrometheus(database.reader, () => new Date(Date.now() + 28 * 86_400_000))();
  expect(lineOf(nearTheEnd, 'ficha_privacy_requests_at_risk')).toBe('ficha_privacy_requests_at_risk 1');
});

test('nothing of a person is in it', async () => {
  const text = await createPrometheus(database.reader, () => new Date())();
  expect(text).not.toMatch(/Eva|Montes|example\.org|600111777/);
});
