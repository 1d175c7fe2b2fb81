import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { roles } from '../domain/access/role.ts';
import { FichaError } from '../domain/record/error.ts';
import { sql } from '../store/database.ts';
import { type TestCommandApi, testCommandApi } from '../test/support/command-api.ts';
import { type TestDatabase, testDatabase } from '../test/support/postgres.ts';
import { clientOf, linkSystem, storePerson } from '../test/support/privacy-world.ts';
import { type TestTemporal, testTemporal } from '../test/support/temporal.ts';
import { workflowIdOf } from '../workflows/messages.ts';
import { startWaitingRequests } from './start-request.ts';

const eva = { given: 'Eva', family: 'Montes', email: 'eva.montes@example.org', phone: '+34600111777' };
let temporal: TestTemporal;
let database: TestDatabase;
let api: TestCommandApi;
let clientId: string;

beforeAll(async () => {
  temporal = await testTemporal();
  database = await testDatabase();
  api = testCommandApi(database, temporal);
  await linkSystem(database.worker, 'erp');
  clientId = await clientOf(database.worker, eva);
  await storePerson(database.worker, clientId, 'erp', '1', eva);
});
afterAll(async () => {
  await database.drop();
  await temporal.stop();
});

const none = randomUUID();
/** Each command with the roles that may give it. */
const commands: readonly (readonly [string, string, readonly string[]])[] = [
  ['PUT', '/v1/systems', ['data-team']],
  ['POST', '/v1/syncs', ['data-team', 'dpo']],
  ['POST', '/v1/requests', ['dpo']],
  ['POST', '/v1/decisions', ['dpo']],
  ['POST', '/v1/privacy-tasks', ['dpo']],
  ['GET', `/v1/requests/${none}/package`, ['dpo']],
  ['POST', '/v1/contactable', ['data-team', 'dpo', 'front-office']],
  ['POST', '/v1/consents', ['dpo', 'front-office']],
  ['POST', '/v1/preference-links', ['data-team', 'dpo', 'front-office']],
];

describe('who may order what', () => {
  test.each(commands)('%s %s', async (method, path, allowed) => {
    for (const role of roles) {
      const { status, body } = await api.send(role, method, path);
      if (allowed.includes(role)) expect([400, 404], `${role}: ${JSON.stringify(body)}`).toContain(status);
      else expect([status, body['code']], role).toEqual([403, 'not-allowed']);
    }
  });

  test('a token that says nothing, or is refused, orders nothing', async () => {
    const refusing = (code: string) =>
      testCommandApi(database, temporal, { ordererOf: () => Promise.reject(new FichaError(code, 'no')) });
    expect((await refusing('token-missing').send('dpo', 'POST', '/v1/requests')).status).toBe(401);
    expect((await refusing('token-expired').send('dpo', 'POST', '/v1/requests')).status).toBe(401);
    expect((await refusing('issuer-unreachable').send('dpo', 'POST', '/v1/requests')).status).toBe(503);
  });
});

describe('what cannot be read', () => {
  test('no JSON, no object, an unknown field: the message names field and shape, never the value', async () => {
    expect(await api.sendText('dpo', 'POST', '/v1/requests', 'not json')).toMatchObject({
      status: 400,
      body: { code: 'bad-body' },
    });
    const wrong = await api.send('dpo', 'POST', '/v1/requests', {
      type: 'erasure',
      clientId: 'eva.montes@example.org',
      colour: 'x',
    });
    expect(wrong.status).toBe(400);
    expect(wrong.body['message']).toMatch(/clientId: .*schemas\/command\/open-request\.schema\.json/);
    expect(wrong.body['message']).toContain('colour');
    expect(JSON.stringify(wrong)).not.toContain('eva.montes');
  });
  test('a body of more than a mebibyte is not read', async () => {
    const { status, body } = await api.sendText('dpo', 'POST', '/v1/requests', `"${'x'.repeat(1024 * 1024)}"`);
    expect([status, body['code']]).toEqual([413, 'body-too-large']);
  });
  test('no such command', async () => {
    expect(await api.send('dpo', 'POST', '/v1/erase-everyone')).toMatchObject({ status: 404, body: { code: 'no-such-command' } });
  });
  test('unknown client, system and connector are named as such', async () => {
    const opened = await api.send('dpo', 'POST', '/v1/requests', { type: 'erasure', clientId: none });
    expect([opened.status, opened.body['code']]).toEqual([404, 'unknown-client']);
    expect((await api.send('data-team', 'POST', '/v1/syncs', { systemId: 'nowhere' })).body['code']).toBe('unknown-system');
    const link = { id: 'crm', connector: 'nothing', title: 'CRM', config: {} };
    expect((await api.send('data-team', 'PUT', '/v1/systems', link)).body['code']).toBe('unknown-connector');
  });
  test('what fails here gets an id that the log explains, and no more', async () => {
    const broken = testCommandApi(database, temporal, { now: () => new Date(Number.NaN) });
    const { status, body } = await broken.send('dpo', 'POST', '/v1/consents', {
      clientId,
      purpose: 'marketing',
      channel: 'email',
      answer: 'denied',
      how: 'telephone',
    });
    expect([status, body['code']]).toEqual([500, 'internal']);
    expect(broken.log.join('')).toContain(String(body['errorId']));
    expect(JSON.stringify(body) + broken.log.join('')).not.toContain(eva.email);
  });
});

describe('a privacy request that is opened', () => {
  test('twice is one request with one workflow', async () => {
    const order = { type: 'portability', clientId };
    const [one, other] = await Promise.all([1, 2].map(() => api.send('dpo', 'POST', '/v1/requests', order)));
    expect([one?.status, other?.status]).toEqual([202, 202]);
    expect(one?.body['requestId']).toBe(other?.body['requestId']);
    expect(new Set([one?.body['duplicate'], other?.body['duplicate']])).toEqual(new Set([false, true]));
    const handle = temporal.client.workflow.getHandle(workflowIdOf.request(String(one?.body['requestId'])));
    expect((await handle.describe()).status.name).toBe('RUNNING');
    await handle.terminate();
  });

  test('while Temporal is away is kept, says so, and is started later by itself, once', async () => {
    const away = Object.assign(Object.create(temporal.client) as typeof temporal.client, {
      workflow: { start: () => Promise.reject(new Error('14 UNAVAILABLE')) },
    });
    const cut = testCommandApi(database, temporal, { temporal: away });
    const { status, body } = await cut.send('dpo', 'POST', '/v1/requests', { type: 'access', clientId });
    expect([status, body['workflow']]).toEqual([202, 'waiting']);
    const requestId = String(body['requestId']);
    const { rows } = await database.worker.query(sql`select state from privacy_request where id = ${requestId}`);
    expect(rows).toEqual([{ state: 'received' }]);
    const handle = temporal.client.workflow.getHandle(workflowIdOf.request(requestId));
    await expect(handle.describe()).rejects.toThrow(/not found/i);

    const means = { db: database.worker, temporal: temporal.client };
    await startWaitingRequests(means);
    const { runId } = await handle.describe();
    await startWaitingRequests(means);
    expect((await handle.describe()).runId).toBe(runId);
    await handle.terminate();
  });
});
