import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '../store/database.ts';
import { type ManyPeople, manyPeopleManifest, startManyPeople } from './support/many-people.ts';
import { type TestDatabase, testDatabase } from './support/postgres.ts';
import { temporaryFolder } from './support/temporary-folder.ts';
import { type TestTemporal, testTemporal } from './support/temporal.ts';

const program = fileURLToPath(new URL('support/sync-worker-process.ts', import.meta.url));
const records = Number(process.env['FICHA_PULL_RECORDS'] ?? 10_000);
/** How long a worker works until it is killed. The small pull is slowed by its vendor, so that kills meet it on any machine. */
const lifeMs = records > 100_000 ? 10_000 : 500;
const pauseMs = records > 100_000 ? 0 : 60;
const pageSize = 500;
/** Read again after a kill: the page that was being stored and the one that was fetched ahead of it. */
const mostAskedAgain = 2;

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

/** Workers of their own process, one after the other: each is killed -9 so long after it stored its first page, until `over` says so. */
async function mortalWorkers(env: NodeJS.ProcessEnv, over: () => boolean): Promise<number> {
  let kills = 0;
  for (;;) {
    const before = await pagesStored();
    const worker: ChildProcess = spawn(process.execPath, ['--import', 'tsx', program], { env, stdio: 'inherit' });
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    while (!over() && (await pagesStored()) === before) await wait(50);
    const death = performance.now() + lifeMs;
    while (!over() && performance.now() < death) await wait(20);
    const killed = !over();
    worker.kill('SIGKILL');
    await ended;
    if (!killed) return kills;
    kills += 1;
  }
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
  expect(kills).toBeGreaterThanOrEqual(1);
  expect(rows).toEqual([{ stored: records, right: records, queued: records, runs: [['done', records, records, 0, 0, pages]] }]);
  expect(askedAgain).toBeLessThanOrEqual(mostAskedAgain * kills);
});
