import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '../store/database.ts';
import { type ManyPeople, manyPeopleManifest, startManyPeople } from './support/many-people.ts';
import { type TestDatabase, testDatabase } from './support/postgres.ts';
import { pullAttempts } from './support/pull-attempts.ts';
import { temporaryFolder } from './support/temporary-folder.ts';
import { type TestTemporal, testTemporal } from './support/temporal.ts';

const program = fileURLToPath(new URL('support/sync-worker-process.ts', import.meta.url));
const records = Number(process.env['FICHA_PULL_RECORDS'] ?? 3_000);
const isLong = records > 100_000;
/** How long a worker pulls until it is killed. The small pull is slowed by its vendor, so that more kills meet it than an activity has attempts. */
const lifeMs = isLong ? 10_000 : 400;
const pauseMs = isLong ? 0 : 60;
const pageSize = isLong ? 500 : 100;
const leastKills = isLong ? 5 : pullAttempts;

let temporal: TestTemporal;
let database: TestDatabase;
let vendor: ManyPeople;

beforeAll(async () => {
  temporal = await testTemporal();
  database = await testDatabase();
  vendor = await startManyPeople(records, pauseMs);
});
afterAll(async () => {
  vendor.stop();
  await database.drop();
  await temporal.stop();
});

const pagesStored = async (): Promise<number> => {
  const { rows } = await database.worker.query<{ readonly pages: string }>(
    sql`select coalesce(sum(pages), 0) as pages from sync_run`,
  );
  return Number(rows[0]?.pages);
};

/** Two workers, each a process of its own; the one that has the pull is killed -9 so long after it went on, and replaced, until `over`. */
async function mortalWorkers(folder: string, env: NodeJS.ProcessEnv, over: () => boolean): Promise<number> {
  let started = 0;
  const start = (): ChildProcess => {
    started += 1;
    const own = { ...env, SYNC_CLICKHOUSE: join(folder, `clickhouse-${started}`) }; // embedded, it serves one process
    return spawn(process.execPath, ['--import', 'tsx', program], { env: own, stdio: 'inherit' });
  };
  const noted = join(folder, 'working');
  let workers = [start(), start()];
  let kills = 0;
  const puller = (): ChildProcess | undefined =>
    existsSync(noted) ? workers.find(({ pid }) => pid === Number(readFileSync(noted, 'utf8'))) : undefined;
  while (!over()) {
    const before = await pagesStored();
    while (!over() && (puller() === undefined || (await pagesStored()) === before)) await wait(50);
    const death = performance.now() + lifeMs;
    while (!over() && performance.now() < death) await wait(20);
    if (over()) break;
    const dead = puller();
    if (dead === undefined) throw new Error('the pull is with a worker that is not there');
    dead.kill('SIGKILL');
    kills += 1;
    workers = [...workers.filter((worker) => worker !== dead), start()];
  }
  for (const worker of workers) worker.kill('SIGKILL');
  return kills;
}

test('a pull whose workers are killed again and again loses no record and stores none twice', {
  timeout: 3_600_000,
}, async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'connectors/many-people'), { recursive: true });
  writeFileSync(join(folder, 'connectors/many-people/manifest.yaml'), manyPeopleManifest(pageSize));
  await database.worker.query(sql`
    insert into linked_system (id, connector, title, config) values ('many', 'many-people', 'Many', ${JSON.stringify({ url: vendor.url })})`);
  const queue = `pull-${randomUUID()}`;
  let over = false;
  const workers = mortalWorkers(
    folder,
    {
      ...process.env,
      SYNC_TEMPORAL: temporal.address,
      SYNC_DATABASE: database.urls.worker,
      SYNC_QUEUE: queue,
      SYNC_FOLDER: folder,
      SYNC_KILL: 'never',
      SYNC_WORKFLOWS: 'pull-workflow.ts',
      SYNC_CONNECTORS: join(folder, 'connectors'),
    },
    () => over,
  );
  const began = performance.now();
  try {
    await temporal.client.workflow.execute('pullAlone', {
      workflowId: queue,
      taskQueue: queue,
      args: [{ systemId: 'many', runId: randomUUID() }],
    });
  } finally {
    over = true;
  }
  const kills = await workers;
  const { rows } = await database.worker.query(sql`
    select (select count(*)::int from source_record) as stored,
           (select count(*)::int from source_record where (raw ->> 'id') = external_id and canonical -> 'emails' ->> 0 = 'ana.' || external_id || '@example.test') as right,
           (select count(*)::int from resolution_queue) as queued,
           (select jsonb_agg(jsonb_build_array(state, pulled, changed, deleted, rejected, pages)) from sync_run) as runs`);
  const pages = records / pageSize + 1; // the last one is empty: the vendor lists by offset
  const asked = await vendor.ledger();
  const askedAgain = asked.length - new Set(asked.map(([offset]) => offset)).size;
  const report = process.env['FICHA_PULL_REPORT'];
  const seconds = Math.round((performance.now() - began) / 1_000);
  if (report !== undefined) appendFileSync(report, `${JSON.stringify({ records, kills, seconds, askedAgain, ...rows[0] })}\n`);
  expect(kills).toBeGreaterThanOrEqual(leastKills);
  expect(rows).toEqual([{ stored: records, right: records, queued: records, runs: [['done', records, records, 0, 0, pages]] }]);
  expect(askedAgain).toBeLessThanOrEqual(kills); // the page that was not stored yet
});
