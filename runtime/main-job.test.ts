import { chmodSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadSettings } from '../platform/settings.ts';
import { leaksIn, type Needles, needlesOf } from '../test/support/leak-scan.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { sampleSeeds } from '../test/twins/sample-seeds.ts';
import { sampleWorld } from '../test/twins/sample-world.ts';
import { type JobSummary, runMainJob } from './main-job.ts';
import { type Collector, startCollector } from '../test/support/trace-collector.ts';
import { startSample } from './sample.ts';
import { collectStops } from './stops.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

let stops = collectStops();
const world = sampleWorld(1_000);
let home: string;
let workspace: Workspace;
let tokens: NonNullable<Workspace['tokens']>;
let summary: JobSummary;
let needles: Needles;
let collector: Collector;

beforeAll(async () => {
  const folder = temporaryFolder();
  chmodSync(folder, 0o711); // as root PostgreSQL runs as another user, who must be able to enter
  home = join(folder, 'ficha');
  mkdirSync(home);
  const seeds = sampleSeeds(world);
  needles = needlesOf(
    [
      ...world.people.map(({ email }) => email),
      ...world.companies.map(({ domain }) => `info@${domain}`),
      ...seeds.mailer.map(({ email }) => email),
    ],
    world.people.flatMap(({ phone, taxId }) => [phone, taxId ?? phone]),
    world.people.slice(0, 300).map(({ givenName, familyName }) => `${givenName} ${familyName}`),
  );
  collector = await startCollector();
  summary = await start();
}, 300_000);
afterAll(async () => {
  await stops.stop();
  await collector.stop();
}, 60_000);

/** Boots everything in `home` and runs the main job, as `npm start` does. */
async function start(): Promise<JobSummary> {
  stops = collectStops();
  workspace = await openWorkspace({
    settings: loadSettings({ FICHA_HOME: home, FICHA_PORT: '4880', OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }),
    parts: ['worker', 'api'],
    say: () => {},
  });
  stops.add(() => workspace.stop());
  if (workspace.tokens === undefined) throw new Error('the workspace of a test has tokens');
  tokens = workspace.tokens;
  const sample = await startSample(home, () => {});
  stops.add(() => sample.stop());
  return await runMainJob({ url: workspace.url, tokens }, sample, () => {});
}

test('the main job pulls, merges, passes opt-outs on and closes both requests with evidence', () => {
  expect(summary).toMatchObject({
    rejected: 0,
    requestsClosed: 2,
    outcomes: ['portability: complete', 'erasure: complete-with-exceptions'],
  });
  expect(summary.merges).toBeGreaterThan(500);
  expect(summary.optOutsPropagated).toBeGreaterThan(100);
});

test('Temporal holds no identifier of anybody: plain, lower case, base64 or hex', { timeout: 120_000 }, () => {
  const files = readdirSync(join(home, 'temporal')).filter((file) => file.startsWith('temporal.db'));
  expect(files.length).toBeGreaterThan(0);
  const bytes = Buffer.concat(files.map((file) => readFileSync(join(home, 'temporal', file))));
  expect(bytes.length).toBeGreaterThan(500_000);
  expect(leaksIn(bytes, needles)).toEqual([]);
});

test('the log holds none either', () => {
  const logs = readdirSync(home).filter((file) => file.endsWith('.log'));
  expect(leaksIn(Buffer.concat(logs.map((file) => readFileSync(join(home, file)))), needles)).toEqual([]);
});

test('the search finds an identifier in every disguise, so that finding none means something', () => {
  const { email, phone, givenName, familyName } = world.people[7] ?? { email: '', phone: '', givenName: '', familyName: '' };
  for (const text of [email, email.toUpperCase(), phone, `${givenName} ${familyName}`]) {
    const disguises = [
      Buffer.from(text),
      Buffer.from(`/members/${encodeURIComponent(text)}?all`),
      Buffer.from(`x${Buffer.from(`ab${text}yz0123456789`).toString('base64')}`),
      Buffer.from(Buffer.from(`${text} 12`).toString('hex')),
    ];
    for (const bytes of disguises)
      expect(leaksIn(Buffer.concat([Buffer.from('\u0000..'), bytes]), needles), text).not.toEqual([]);
  }
});

test('an analyst reads the metric and nothing else', async () => {
  const ask = async (query: string) => {
    const response = await fetch(`${workspace.url}/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${tokens.analyst}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    return (await response.json()) as {
      readonly data?: Readonly<Record<string, unknown>> | null;
      readonly errors?: readonly unknown[];
    };
  };
  const metric = await ask('{ metric(name: ACTIVE_CLIENTS, from: "2025-12", to: "2026-11") { cells { month value } missing } }');
  expect(metric.errors).toBeUndefined();
  expect(metric.data?.['metric']).toMatchObject({ cells: expect.any(Array), missing: expect.any(Array) });
  expect(summary.activeClients?.value).toBeGreaterThan(10);
  for (const query of [
    '{ clients { edges { node { id } } } }',
    '{ privacyRequests { edges { node { id } } } }',
    '{ overview { records } }',
    '{ syncRuns { edges { node { id } } } }',
    '{ reviewTasks { id } }',
  ]) {
    expect((await ask(query)).errors, query).toBeDefined();
  }
});

test('a second start finds every system as it was left: nobody erased is back, nothing is done twice', {
  timeout: 180_000,
}, async () => {
  await stops.stop();
  const again = await start();
  const { recordsPulled, outcomes, ...counts } = summary;
  expect(again).toMatchObject(counts);
  expect(again.outcomes).toEqual([]);
  expect(outcomes).toHaveLength(2);
  expect(again.recordsPulled).toBeLessThan(recordsPulled);
});

test('traces tell what was done by templates and codes, and hold no identifier of anybody', async () => {
  await stops.stop(); // sends what is left
  expect(leaksIn(collector.bytes(), needles)).toEqual([]);
  const spans = collector.spans();
  const names = new Set(spans.map(({ name }) => name));
  for (const name of [
    'POST /v1/requests',
    'POST /graphql',
    'graphql',
    'StartWorkflow:syncSystem',
    'RunWorkflow:syncSystem',
    'RunWorkflow:runPrivacyRequest',
    'RunWorkflow:fulfilInSystem',
    'StartActivity:eraseLines',
    'RunActivity:eraseLines',
  ])
    expect(names).toContain(name);
  const of = (name: string) => spans.find((span) => span.name === name);
  expect(of('POST /graphql')?.attributes).toMatchObject({ 'http.route': '/graphql', 'http.response.status_code': 200 });
  const calls = spans.filter(({ name }) => name.startsWith('call '));
  expect(calls.map(({ attributes }) => attributes['http.response.status_code'])).toContain(204);
  const workflow = of('RunWorkflow:runPrivacyRequest');
  expect(spans.some(({ name, traceId }) => name.startsWith('RunActivity:') && traceId === workflow?.traceId)).toBe(true);
});
