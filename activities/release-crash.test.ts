import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { ownCatalog } from '../analytics/catalog.ts';
import { noised } from '../analytics/noise.ts';
import { exactTables } from '../analytics/release.ts';
import { plannedTables, tableName } from '../domain/metrics/catalog.ts';
import { sql } from '../store/database.ts';
import { releasedCells } from '../store/read/release.ts';
import { testKeyRing } from '../test/support/keys.ts';
import { addClients, addEvents, type MetricScene, metricScene } from '../test/support/metric-scene.ts';
import { type TestDatabase, testDatabase } from '../test/support/postgres.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { randomFrom } from '../test/twins/sample-world.ts';

/** FICHA_KILLS=20 runs it at length. */
const kills = Number(process.env['FICHA_KILLS'] ?? 3);
const now = '2026-11-23T12:00:00Z';
const months = ['2026-07', '2026-08', '2026-09', '2026-10'];
const folder = temporaryFolder();
const random = randomFrom(11);
let scene: MetricScene | undefined;

afterAll(() => scene?.end());

const people = Array.from({ length: 600 }, () => ({
  id: randomUUID(),
  country: 'IT',
  sector: 'food',
  source: null,
  birthDate: null,
  firstSeenAt: '2026-07-01T00:00:00Z',
}));

const worker = (database: TestDatabase): ChildProcess =>
  spawn(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), fileURLToPath(new URL('../test/support/metric-worker-process.ts', import.meta.url))],
    {
      env: { ...process.env, METRIC_DATABASE: database.urls.worker, METRIC_FOLDER: folder, METRIC_NOW: now },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );

/** Lets a worker run until it has said so much, and a moment more; then kills it. Without `until`, lets it end. */
async function run(database: TestDatabase, until?: (said: string) => boolean): Promise<string> {
  const child = worker(database);
  let [said, wrong] = ['', ''];
  child.stderr?.on('data', (chunk: Buffer) => {
    wrong += chunk.toString();
  });
  child.stdout?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    if (until?.(said)) setTimeout(() => child.kill('SIGKILL'), Math.floor(random() * 60));
  });
  const code = await new Promise<number | null>((resolve) => {
    child.once('close', resolve);
  });
  if (until === undefined && (code !== 0 || !said.endsWith('done')))
    throw new Error(`the worker did not end well: ${said} ${wrong}`);
  return said;
}

test(`killed ${kills} times in the middle of its inserts and twice while it publishes, a worker loses nothing and counts nothing twice`, {
  timeout: 120_000 + kills * 60_000,
}, async () => {
  const database = await testDatabase();
  await addClients(database.owner, people);
  for (const month of months) {
    const events = people.flatMap(({ id }) =>
      ['02', '20'].map((day) => ({
        clientId: id,
        kind: 'order' as const,
        at: `${month}-${day}T10:00:00Z`,
        channel: 'web',
        amountCents: 1_500,
      })),
    );
    await addEvents(database.owner, events);
  }
  for (let kill = 0; kill < kills; kill += 1) {
    const batches = 1 + Math.floor(random() * 5);
    await run(database, (said) => said.length >= batches);
    // what was projected before the kill changes, moves to another month or goes, so that old rows and new ones meet
    await database.owner.query(sql`
      with changed as (update sale set amount_cents = amount_cents + 1 where source_record_id % 7 = ${kill % 7} returning source_record_id)
      insert into projection_queue (source_record_id) select source_record_id from changed`);
    await database.owner.query(sql`
      with moved as (update sale set at = at - interval '31 days' where source_record_id % 97 = ${kill % 97} returning source_record_id)
      insert into projection_queue (source_record_id) select source_record_id from moved`);
    await database.owner.query(sql`
      with gone as (delete from source_record where id % 211 = ${kill % 211} returning id)
      insert into projection_queue (source_record_id) select id from gone`);
  }
  for (const done of [1, 2]) await run(database, (said) => said.replaceAll('.', '').length >= done);
  await run(database);

  scene = await metricScene(folder, now, database);
  expect(await scene.activities.compareTotals()).toMatchObject({ same: true, waiting: 0 });
  for (const month of months) {
    const exact = await exactTables(scene.analytics, 1, ownCatalog(), month);
    const [total] = plannedTables(ownCatalog()).filter(
      ({ metric, dimensions }) => metric === 'revenue' && dimensions.length === 0,
    );
    if (total === undefined) throw new Error('every metric has a total');
    const expected = noised(testKeyRing(), `${month}|${tableName(total)}`, exact.get(tableName(total)) ?? [], total);
    const published = await releasedCells(database.reader, { metrics: ['revenue'], dimensions: [], from: month, to: month });
    expect(published.map(({ value }) => value)).toEqual(expected.values);
  }
});
