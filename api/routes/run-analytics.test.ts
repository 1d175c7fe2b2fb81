import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Role } from '../../domain/access/role.ts';
import { createGraphqlHandler } from '../../graphql/server.ts';
import { dataConverter } from '../../platform/codec.ts';
import { createLog } from '../../platform/log.ts';
import { testKeyRing } from '../../test/support/keys.ts';
import { type MetricScene, metricScene } from '../../test/support/metric-scene.ts';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { type TestTemporal, testTemporal } from '../../test/support/temporal.ts';
import { createCommandApi } from '../server.ts';
import { unlinked } from '../../test/support/unlinked.ts';

const ownQueue = `analytics-${randomUUID()}`;
let temporal: TestTemporal;
let scene: MetricScene;
let worker: Worker;
let working: Promise<void>;

beforeAll(async () => {
  temporal = await testTemporal();
  scene = await metricScene(temporaryFolder(), '2026-11-23T12:00:00Z');
  const people = Array.from({ length: 400 }, (_, place) => ({
    id: randomUUID(),
    country: place < 300 ? 'ES' : 'IT',
    sector: 'retail',
    source: null,
    birthDate: null,
    firstSeenAt: '2026-09-01T00:00:00Z',
  }));
  await scene.addClients(people);
  for (const month of ['2026-09', '2026-10']) {
    await scene.addEvents(
      people.map(({ id }) => ({ clientId: id, kind: 'order', at: `${month}-03T08:00:00Z`, channel: 'web', amountCents: 4_000 })),
    );
  }
  const workflowsPath = fileURLToPath(new URL('../../workflows/index.ts', import.meta.url));
  worker = await Worker.create({
    connection: temporal.connection,
    taskQueue: ownQueue,
    workflowBundle: await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') }),
    activities: scene.activities,
    dataConverter: dataConverter(testKeyRing()),
  });
  working = worker.run();
}, 120_000);
afterAll(async () => {
  worker.shutdown();
  await working;
  await scene.end();
  await temporal.stop();
});

/** The same client on a queue and with ids of this test's own: the server is shared. */
const ownClient = (): Client => {
  const { workflow } = temporal.client;
  const start = (type: string, options: { readonly workflowId: string }) =>
    workflow.start(type, { ...options, taskQueue: ownQueue, workflowId: `${ownQueue}-${options.workflowId}`, args: [] });
  return { workflow: { start, getHandle: (id: string) => workflow.getHandle(`${ownQueue}-${id}`) } } as unknown as Client; // all that the route asks of it
};

const asking = (role: Role, path: string, body?: object) =>
  createCommandApi({
    db: scene.database.worker,
    temporal: ownClient(),
    keys: testKeyRing(),
    log: createLog(),
    now: () => new Date(),
    ordererOf: () => Promise.resolve({ subject: role, roles: [role] }),
    ...unlinked,
  }).request(path, body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) });

/** Orders the work again until it is done, as the command line does. */
async function done(role: Role, work: string): Promise<unknown> {
  for (;;) {
    const response = await asking(role, '/v1/analytics', { work });
    const answer = (await response.json()) as { readonly done?: boolean; readonly result?: unknown };
    if (!response.ok || answer.done === true) return { status: response.status, ...answer };
  }
}

const graphql = async (role: Role, query: string) => {
  const handler = createGraphqlHandler({
    reader: scene.database.reader,
    accessor: scene.database.accessor,
    analytics: scene.analytics,
    log: createLog(),
    viewerOf: () => Promise.resolve({ subject: role, roles: [role] }),
    development: false,
  });
  const request = new Request('http://ficha.test/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  return (await (await handler(request)).json()) as {
    readonly data?: Readonly<Record<string, unknown>> | null;
    readonly errors?: readonly { readonly message: string }[];
  };
};

test('closed months are published on order, once; verify and rebuild change nothing that is published', async () => {
  expect(await done('analyst', 'release')).toMatchObject({ status: 403, code: 'not-allowed' });
  expect(await done('dpo', 'guess')).toMatchObject({ status: 400, code: 'bad-body' });
  const would = await done('data-team', 'preview-release');
  expect(await done('data-team', 'preview-release')).toEqual(would); // it published nothing
  const first = (await done('data-team', 'release')) as { readonly result: readonly { readonly month: string }[] };
  expect(first.result.map(({ month }) => month)).toEqual(['2026-09', '2026-10']);
  expect(would).toMatchObject({ result: first.result });
  expect(await done('dpo', 'preview-release')).toMatchObject({ result: [] });
  expect(await done('dpo', 'release')).toMatchObject({ result: [] });
  const csv = async () => await (await asking('analyst', '/v1/metrics/revenue.csv?from=2026-09&to=2026-10&by=country')).text();
  const before = await csv();
  expect(await done('data-team', 'verify')).toMatchObject({
    result: { same: true, epoch: 1, clients: { expected: 400, held: 400 } },
  });
  expect(await done('data-team', 'rebuild')).toMatchObject({ result: { epoch: 2, projected: 1_200 } });
  expect(await done('data-team', 'verify')).toMatchObject({ result: { same: true, epoch: 2, waiting: 0 } });
  expect(await done('dpo', 'release')).toMatchObject({ result: [] });
  expect(await csv()).toBe(before);
}, 120_000);

test('an analyst reads the same figures as CSV and through GraphQL, with their interval', async () => {
  const response = await asking('analyst', '/v1/metrics/active-clients.csv?from=2026-09&to=2026-09&by=country');
  expect(response.headers.get('content-type')).toContain('text/csv');
  const lines = (await response.text()).trim().split('\r\n');
  expect(lines[0]).toBe('month,country,state,value,low,high,unit');
  const [, , , value = '', low = '', high = ''] = (lines.find((line) => line.startsWith('2026-09,ES,')) ?? '').split(',');
  expect([Number(low) <= 300, Number(high) >= 300]).toEqual([true, true]);
  const { data } = await graphql(
    'analyst',
    '{ metric(name: ACTIVE_CLIENTS, from: "2026-08", to: "2026-09", by: [COUNTRY], filter: { country: [ES, FR] }) { unit missing cells { country suppressed value } } }',
  );
  expect(data?.['metric']).toEqual({
    unit: 'clients',
    missing: ['2026-08'],
    cells: [
      { country: 'ES', suppressed: false, value: Number(value) },
      { country: 'FR', suppressed: true, value: null },
    ],
  });
  const refused = await asking('analyst', '/v1/metrics/revenue.csv?from=2026-10&to=2026-10&by=sector');
  expect([refused.status, await refused.json()]).toMatchObject([422, { code: 'metric-question-refused' }]);
});

test('an analyst sees metrics and nothing else; the budget is for the DPO', async () => {
  for (const query of ['{ clients { edges { node { id } } } }', '{ metricBudgets { month } }', '{ overview { records } }']) {
    expect((await graphql('analyst', query)).errors, query).toBeDefined();
  }
  expect((await graphql('analyst', '{ metrics { name tables } }')).data?.['metrics']).toContainEqual({
    name: 'REVENUE',
    tables: [[], ['CHANNEL'], ['COUNTRY']],
  });
  const { data } = await graphql('dpo', '{ metricBudgets(first: 1) { month budget spent tables } }');
  expect(data?.['metricBudgets']).toMatchObject([{ month: '2026-10', budget: 2 }]);
  const unpublished = await graphql(
    'analyst',
    '{ metric(name: REVENUE, from: "2026-10", to: "2026-10", by: [SECTOR]) { unit } }',
  );
  expect(unpublished.errors?.[0]?.message).toMatch(/^metric-question-refused: revenue is not published by sector/);
});
