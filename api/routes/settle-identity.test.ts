import { Client } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Role } from '../../domain/access/role.ts';
import { dataConverter } from '../../platform/codec.ts';
import { createLog } from '../../platform/log.ts';
import { sql } from '../../store/database.ts';
import { type IdentityResolver, type Incoming, resolverOn } from '../../test/support/identity-scene.ts';
import { testKeyRing } from '../../test/support/keys.ts';
import { type TestDatabase, testDatabase } from '../../test/support/postgres.ts';
import { type TestTemporal, testTemporal } from '../../test/support/temporal.ts';
import { identityChangedSignal, workflowIdOf } from '../../workflows/messages.ts';
import { createCommandApi } from '../server.ts';
import { unlinked } from '../../test/support/unlinked.ts';

let temporal: TestTemporal;
/** What this file signals: the server is shared, and the workflow of identity is one. */
const signals: string[] = [];
let telling: Client;
let database: TestDatabase;
let identity: IdentityResolver;

beforeAll(async () => {
  [temporal, database] = await Promise.all([testTemporal(), testDatabase()]);
  identity = await resolverOn(database);
  telling = new Client({
    connection: temporal.client.connection,
    dataConverter: dataConverter(testKeyRing()),
    interceptors: {
      workflow: [
        {
          signalWithStart: async (input, next) => {
            const runId = await next(input);
            signals.push(input.signalName);
            return runId;
          },
        },
      ],
    },
  });
});
afterAll(async () => {
  await database.drop();
  await temporal.stop();
});

const order = async (role: Role, path: string, body: object) => {
  const api = createCommandApi({
    db: database.worker,
    temporal: telling,
    keys: testKeyRing(),
    log: createLog({ level: 'silent' }),
    now: () => new Date(),
    ordererOf: () => Promise.resolve({ subject: 'data-team-1', roles: [role] }),
    ...unlinked,
  });
  const response = await api.request(path, { method: 'POST', body: JSON.stringify(body) });
  return { status: response.status, body: (await response.json()) as Readonly<Record<string, unknown>> };
};
const person = (externalId: string): Incoming => ({
  system: 'erp',
  kind: 'person',
  externalId,
  canonical: { fullName: 'Ana García López', emails: ['ana@x.example'] },
});

test('a split is shown, done with the workflow that carries it out started, and taken back', async () => {
  await identity.arrive([person('1'), person('2'), person('3')]);
  await identity.resolve();
  const clientId = (await identity.records()).get('erp:1')?.clientId;
  const body = { clientId, records: ['erp:3'] };

  expect(await order('front-office', '/v1/client-splits', body)).toMatchObject({ status: 403, body: { code: 'not-allowed' } });
  expect(await order('data-team', '/v1/client-splits', { clientId })).toMatchObject({ status: 400, body: { code: 'bad-body' } });
  expect(await order('data-team', '/v1/client-splits', { ...body, records: ['erp:9'] })).toMatchObject({ status: 404 });
  expect(await order('data-team', '/v1/client-splits', { ...body, dryRun: true })).toMatchObject({
    status: 200,
    body: { dryRun: true },
  });
  const { rows: none } = await database.worker.query(sql`select from identity_decision`);
  expect(none).toHaveLength(0);

  const split = await order('data-team', '/v1/client-splits', body);
  expect(split).toMatchObject({ status: 202 });
  const { type } = await temporal.client.workflow.getHandle(workflowIdOf.identity()).describe();
  expect(type).toBe('settleIdentity');
  await identity.resolve();
  expect(await identity.clusters()).toEqual(['erp:1 erp:2', 'erp:3']);

  const { decisionId } = split.body;
  expect(await order('data-team', '/v1/identity-undos', { decisionId })).toMatchObject({ status: 202, body: { decisionId } });
  expect(await order('data-team', '/v1/identity-undos', { decisionId })).toMatchObject({
    status: 409,
    body: { code: 'already-undone' },
  });
  await identity.resolve();
  expect(await identity.clusters()).toEqual(['erp:1 erp:2 erp:3']);
  expect(signals).toEqual([identityChangedSignal, identityChangedSignal]);
}, 60_000);
