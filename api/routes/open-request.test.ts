import { afterAll, beforeAll, expect, test } from 'vitest';
import { privacyRequestById } from '../../store/read/privacy-requests.ts';
import { clientOnQueue } from '../../test/support/client-on-queue.ts';
import { type TestCommandApi, testCommandApi } from '../../test/support/command-api.ts';
import { type TestDatabase, testDatabase } from '../../test/support/postgres.ts';
import { clientOf, linkSystem, storePerson } from '../../test/support/privacy-world.ts';
import { type TestTemporal, testTemporal } from '../../test/support/temporal.ts';

const ana = { given: 'Ana', family: 'Ruiz', email: 'ana.known@example.org', phone: '+34600111333' };
let temporal: TestTemporal;
let database: TestDatabase;
let api: TestCommandApi;
let anaId: string;

beforeAll(async () => {
  temporal = await testTemporal();
  database = await testDatabase();
  await linkSystem(database.worker, 'erp');
  anaId = await clientOf(database.worker, ana);
  await storePerson(database.worker, anaId, 'erp', '1', ana);
  api = testCommandApi(database, temporal, { temporal: clientOnQueue(temporal, 'nobody-serves-it') });
});
afterAll(async () => {
  await database.drop();
  await temporal.stop();
});

const open = (body: object) => api.send('dpo', 'POST', '/v1/requests', { type: 'erasure', ...body });
const email = (value: string) => ({ lookFor: [{ kind: 'email', value }] });

test('for somebody of whom Ficha knows nothing it is opened by what they are called, which nobody can read', async () => {
  const opened = await open(email('stranger.open@example.net'));
  expect(opened).toMatchObject({ status: 202, body: { duplicate: false } });
  const request = await privacyRequestById(database.reader, String(opened.body['requestId']));
  expect(request).toMatchObject({ type: 'erasure', state: 'received' });
  expect(JSON.stringify([request, opened.body])).not.toContain('stranger.open');
});

test('for somebody whom a client stands for it names the client instead', async () => {
  const refused = await open(email(' ANA.KNOWN@example.org '));
  expect(refused).toMatchObject({ status: 409, body: { code: 'client-known' } });
  expect(String(refused.body['message'])).toContain(anaId);
  expect(String(refused.body['message']).toLowerCase()).not.toContain(ana.email);
});

test.each([
  ['an address that is none', email('not an address'), 'lookFor.0: not an e-mail address'],
  ['a number without its country', { lookFor: [{ kind: 'phone', value: '600 111 222' }] }, 'lookFor.0: not a telephone number'],
  ['nobody', {}, 'give "clientId"'],
  ['a client that is no id', { clientId: 'ana' }, 'clientId'],
])('%s is refused, and it says how to write it', async (_what, body, said) => {
  const refused = await open(body);
  expect(refused).toMatchObject({ status: 400, body: { code: 'bad-body' } });
  expect(String(refused.body['message'])).toContain(said);
});
