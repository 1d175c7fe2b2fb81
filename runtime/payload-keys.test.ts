import { fc, test as property } from '@fast-check/vitest';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FichaError } from '../domain/record/error.ts';
import type { Db } from '../store/database.ts';
import { destroyPayloadKeys } from '../store/write/subject-keys.ts';
import { testKeyRing } from '../test/support/keys.ts';
import { type TestDatabase, testDatabase } from '../test/support/postgres.ts';
import { clientOf, openErasure } from '../test/support/privacy-world.ts';
import { requestOfWorkflow, workflowIdOf } from '../workflows/messages.ts';
import { payloadKeysOf } from './payload-keys.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

const opened = async (): Promise<string> => {
  const clientId = await clientOf(database.worker, {
    given: 'Ana',
    family: 'Ruiz',
    email: 'ana@example.org',
    phone: '+34600000000',
  });
  return (await openErasure(database, clientId)).requestId;
};
const keysNow = () => payloadKeysOf(database.worker, testKeyRing());

test('a request has a key of its own, the same in every process and for the children of its workflow', async () => {
  const requestId = await opened();
  const key = await keysNow().ofRequest(requestId);
  expect(await keysNow().forWorkflow(workflowIdOf.request(requestId))).toEqual({ requestId, key });
  expect(await keysNow().forWorkflow(`${workflowIdOf.request(requestId)}/erp`)).toEqual({ requestId, key });
  expect(await keysNow().forWorkflow(workflowIdOf.sync('erp'))).toBeUndefined();
});

test('once destroyed it opens nothing and seals nothing, and the way out is said', async () => {
  const requestId = await opened();
  expect(await destroyPayloadKeys(database.worker, [requestId], new Date())).toBe(1);
  await expect(keysNow().ofRequest(requestId)).rejects.toMatchObject({ code: 'payload-shredded' });
  expect(await keysNow().forWorkflow(workflowIdOf.request(requestId))).toBeUndefined();
});

/** A database that is away for so many questions. */
const awayFor = (questions: number): Db => {
  let asked = 0;
  return {
    query: (statement) => {
      asked += 1;
      if (asked > questions) return database.worker.query(statement);
      return Promise.reject(new FichaError('database-unreachable', 'no connection to PostgreSQL', { retry: 'later' }));
    },
  };
};

test('a worker that must seal an answer waits for a database that is away; who talks to people gives up', async () => {
  const requestId = await opened();
  const key = await keysNow().ofRequest(requestId);
  const workflowId = workflowIdOf.request(requestId);
  const [worker, console] = await Promise.allSettled([
    payloadKeysOf(awayFor(6), testKeyRing(), { sealing: 'always' }).forWorkflow(workflowId),
    payloadKeysOf(awayFor(6), testKeyRing()).forWorkflow(workflowId),
  ]);
  expect(worker).toMatchObject({ value: { requestId, key } });
  expect(console).toMatchObject({ reason: { code: 'database-unreachable' } });
}, 30_000);

property.prop([fc.uuid(), fc.string()])('the request of a workflow is read from its id alone', (requestId, part) => {
  expect(requestOfWorkflow(`${workflowIdOf.request(requestId)}/${part}`)).toBe(requestId);
  expect(requestOfWorkflow(`${part}${workflowIdOf.request(requestId)}`)).toBe(part === '' ? requestId : undefined);
});
