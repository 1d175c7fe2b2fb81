import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sql } from '../store/database.ts';
import { type TestCommandApi, testCommandApi } from '../test/support/command-api.ts';
import { type TestDatabase, testDatabase } from '../test/support/postgres.ts';
import { clientOf, linkSystem, storePerson } from '../test/support/privacy-world.ts';
import { type TestTemporal, testTemporal } from '../test/support/temporal.ts';
import { triedDry } from './dry-run.ts';

const eva = { given: 'Eva', family: 'Montes', email: 'eva.montes@example.org', phone: '+34600111777' };
const leo = { given: 'Leo', family: 'Prado', email: 'leo.prado@example.org', phone: '+34600111778' };
let temporal: TestTemporal;
let database: TestDatabase;
let api: TestCommandApi;
const clients: Record<'eva' | 'leo', string> = { eva: '', leo: '' };

beforeAll(async () => {
  [temporal, database] = await Promise.all([testTemporal(), testDatabase()]);
  api = testCommandApi(database, temporal);
  await linkSystem(database.worker, 'erp');
  for (const [name, who] of [
    ['eva', eva],
    ['leo', leo],
  ] as const) {
    clients[name] = await clientOf(database.worker, who);
    await storePerson(database.worker, clients[name], 'erp', name, who);
  }
});
afterAll(async () => {
  await database.drop();
  await temporal.stop();
});

/** Every table with what it holds, and how many workflows there are. */
async function everything(): Promise<unknown> {
  const { rows } = await database.owner.query<{ name: string }>(sql`
    select table_name as name from information_schema.tables where table_schema = 'ficha' and table_type = 'BASE TABLE' order by 1`);
  const held = [];
  for (const { name } of rows) {
    const text = `select count(*) as rows, md5(string_agg(t::text, ',' order by t::text)) as hash from ficha."${name}" t`;
    held.push([name, (await database.owner.query({ text, values: [] })).rows]);
  }
  expect(held.length).toBeGreaterThan(30);
  return { held, workflows: await workflowsStarted() };
}

/** Temporal counts a workflow some time after its start: the number once it has stood for half a second. */
async function workflowsStarted(): Promise<number> {
  let { count } = await temporal.client.workflow.count();
  for (let steady = 0; steady < 5; ) {
    await setTimeout(100);
    const now = await temporal.client.workflow.count();
    steady = now.count === count ? steady + 1 : 0;
    count = now.count;
  }
  return count;
}

describe('a dry run answers as the command would, and leaves everything as it was', () => {
  const erasure = () => ({ type: 'erasure', clientId: clients.eva });
  const commands: readonly (readonly [path: string, body: () => object, answer: object])[] = [
    [
      '/v1/consents',
      () => ({ clientId: clients.eva, answer: 'denied', purpose: 'marketing', channel: 'email', how: 'telephone' }),
      { recorded: true },
    ],
    ['/v1/exclusions', () => ({ reason: 'exclusion-list', identifiers: [{ address: eva.email }] }), { listed: 1 }],
    [
      '/v1/recipients',
      () => ({ clientId: clients.eva, place: 'insurer.example' }),
      { recipients: [{ place: 'insurer.example' }] },
    ],
    ['/v1/record-links', () => ({ one: 'erp:eva', other: 'erp:leo', answer: 'different' }), { parts: [] }],
    ['/v1/requests', erasure, { duplicate: false }],
  ];

  test.each(commands)('POST %s', async (path, body, answer) => {
    const role = path === '/v1/record-links' ? 'data-team' : 'dpo';
    const before = await everything();
    const tried = await api.send(role, 'POST', `${path}?dryRun=true`, body());
    expect(tried).toMatchObject({ status: 200, body: { ...answer, dryRun: true } });
    expect(await everything()).toEqual(before);
    const done = await api.send(role, 'POST', path, body());
    expect([200, 202]).toContain(done.status);
    expect(done.body).toMatchObject(answer);
    expect(await everything()).not.toEqual(before); // so the look would have seen it
  });

  test('what would be refused is refused, in the same words', async () => {
    const [tried, done] = await Promise.all(
      ['?dryRun=true', ''].map((query) => api.send('dpo', 'POST', `/v1/requests${query}`, { ...erasure(), type: 'access' })),
    );
    expect(tried).toEqual(done);
    expect(tried).toMatchObject({ status: 409, body: { code: 'request-already-open' } });
    expect(await api.send('analyst', 'POST', '/v1/requests?dryRun=true', erasure())).toMatchObject({ status: 403 });
  });

  test('what has no dry run says so, and does nothing', async () => {
    const before = await everything();
    const { status, body } = await api.send('data-team', 'POST', '/v1/syncs?dryRun=true', { systemId: 'erp' });
    expect([status, body['code']]).toEqual([400, 'no-dry-run']);
    expect(await everything()).toEqual(before);
  });
});

test('each command that can be tried is there, and whatever else of its deps a route uses is harmless', () => {
  const sources = readdirSync('api/routes')
    .filter((file) => !file.endsWith('.test.ts'))
    .map((file) => readFileSync(`api/routes/${file}`, 'utf8'));
  for (const route of triedDry) {
    const [method = '', path = ''] = route.split(' ');
    const source = sources.find((text) => text.includes(`app.${method.toLowerCase()}('${path}'`));
    expect(source, route).toBeDefined();
    const told = [...(source ?? '').matchAll(/temporal\.workflow\s*\.(\w+)/g)].map(([, name]) => name);
    expect(['start', 'signalWithStart', 'getHandle', 'execute'], route).toEqual(expect.arrayContaining(told));
    expect(source, route).not.toMatch(/accessor,[^}]*\}\).*\bPOST\b|linkedSystemChanged|linkedMailer/s);
  }
});
