import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { sql } from '../../store/database.ts';
import { evidenceOf, planLinesOf, privacyRequestById } from '../../store/read/privacy-requests.ts';
import { settlePrivacyTask } from '../../store/write/privacy-questions.ts';
import { lookAgainSignal, workflowIdOf } from '../../workflows/messages.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';
import { type PrivacyBench, privacyBench } from '../support/privacy-bench.ts';
import { openErasure, privacyDeps } from '../support/privacy-world.ts';
import { type TestTemporal, testTemporal } from '../support/temporal.ts';
import { addressOf, clientWith, openables, startVendors, synced, type Vendor } from './vendor-scene.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let temporal: TestTemporal;
let database: TestDatabase;
let bench: PrivacyBench;
let vendors: readonly Vendor[];

beforeAll(async () => {
  temporal = await testTemporal();
  database = await testDatabase();
  vendors = await startVendors();
  for (const { name } of vendors)
    await database.worker.query(sql`insert into linked_system (id, connector, title) values (${name}, ${name}, ${name})`);
  const systems = await openables(vendors);
  const deps = privacyDeps(database, systems);
  bench = await privacyBench({ client: temporal.client, connection: temporal.connection, deps });
  await synced(deps, vendors);
});
afterAll(async () => {
  await bench.stop();
  await Promise.all(vendors.map(({ stop }) => stop()));
  await database.drop();
  await temporal.stop();
});

const started = async (name: string, type: 'access' | 'erasure'): Promise<string> => {
  const { requestId } = await openErasure(database, await clientWith(database, addressOf(name)), type);
  await bench.start(requestId);
  await bench.approve(requestId);
  return requestId;
};

const outcomeOf = async (requestId: string) => (await privacyRequestById(database.reader, requestId))?.outcome;

const linesOf = async (requestId: string): Promise<string[]> =>
  (await planLinesOf(database.reader, requestId)).map(({ linkedSystemId, kind, state }) => `${linkedSystemId} ${kind} ${state}`);

const heldBy = (): Readonly<Record<string, readonly unknown[]>> =>
  Object.fromEntries(vendors.map(({ name, held }) => [name, held()]));

test('a copy for the person holds what each vendor says of contacting her', async () => {
  const requestId = await started('Eva', 'access');
  await bench.until(requestId, 'over');
  expect(await outcomeOf(requestId)).toBe('complete');
  expect((await linesOf(requestId)).filter((line) => line.includes('consent'))).toHaveLength(vendors.length);
});

/** What no call reaches: a connected shop at Mailchimp, addresses of orders at Brevo. */
const shopSearched = async (requestId: string): Promise<void> => {
  await bench.until(requestId, 'waiting-for-person');
  const { rows } = await database.worker.query<{ id: string; systemId: string }>(sql`
    select id, subject ->> 'systemId' as "systemId" from review_task
     where reason = 'beyond-reach' and state = 'open' and subject ->> 'requestId' = ${requestId}`);
  expect(rows.map(({ systemId }) => systemId).sort()).toEqual(['brevo', 'mailchimp']);
  for (const { id: taskId } of rows)
    await database.worker.transaction((tx) => settlePrivacyTask(tx, { taskId, answer: 'done', by: 'dpo-2', at: new Date() }));
  await temporal.client.workflow.getHandle(workflowIdOf.request(requestId)).signal(lookAgainSignal);
};

test('a person whose consent is a field of the record is erased to the end in every vendor, and nobody else is', async () => {
  const requestId = await started('Luis', 'erasure');
  await shopSearched(requestId);
  await bench.until(requestId, 'over');
  expect(await outcomeOf(requestId)).toBe('complete');
  const left = ['Ana', 'Eva'].map(addressOf);
  expect(heldBy()).toEqual({ activecampaign: left, brevo: left, hubspot: left, mailchimp: left });
  const evidence = (await evidenceOf(database.reader, requestId)).filter(({ verb }) => verb === 'locate' || verb === 'verify');
  expect(evidence.filter(({ query }) => !/^127\.0\.0\.1:\d+: (?:GET|POST) \//.test(query ?? ''))).toEqual([]); // what was asked is told
  expect(JSON.stringify(evidence).toLowerCase()).not.toContain('luis'); // and not of whom
});

test('what a vendor purges by age keeps the person waiting for that alone, not for the consent', async () => {
  const requestId = await started('Ana', 'erasure');
  await shopSearched(requestId);
  await bench.until(requestId, 'waiting-for-purge');
  const ended = ['activecampaign', 'brevo', 'mailchimp'].flatMap((name) => [
    `${name} person verified`,
    `${name} consent verified`,
  ]);
  const waiting = ['hubspot person grace', 'hubspot consent verified'];
  expect((await linesOf(requestId)).sort()).toEqual([...ended, ...waiting].sort());
  expect(Object.values(heldBy())).toEqual(vendors.map(() => [addressOf('Eva')]));
  await temporal.client.workflow.getHandle(workflowIdOf.request(requestId)).terminate();
});
