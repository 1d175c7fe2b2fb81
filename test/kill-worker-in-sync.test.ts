import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '../store/database.ts';
import { type TestDatabase, testDatabase } from './support/postgres.ts';
import { temporaryFolder } from './support/temporary-folder.ts';
import { type TestTemporal, testTemporal } from './support/temporal.ts';
import { type RequestTrackerTwin, startRequestTrackerTwin } from './twins/request-tracker.ts';
import { sampleSeeds } from './twins/sample-seeds.ts';
import { sampleWorld } from './twins/sample-world.ts';

const program = fileURLToPath(new URL('support/sync-worker-process.ts', import.meta.url));
let temporal: TestTemporal;
let helpdesk: RequestTrackerTwin;

beforeAll(async () => {
  temporal = await testTemporal();
  helpdesk = await startRequestTrackerTwin({ seed: sampleSeeds(sampleWorld(1_000)).helpdesk });
});
afterAll(async () => {
  await helpdesk.stop();
  await temporal.stop();
});

/** What a sync leaves, ids of our own and times apart. */
async function leftIn({ worker: db }: TestDatabase): Promise<Readonly<Record<string, readonly unknown[]>>> {
  const rows = async (statement: ReturnType<typeof sql>) => (await db.query(statement)).rows;
  return {
    records: await rows(sql`
      select kind, external_id, encode(content_hash, 'hex') as hash, stream, deleted_at is null as here, client_id is not null as resolved
        from source_record order by kind, external_id`),
    clients: await rows(sql`
      select array_agg(external_id order by external_id) as members
        from source_record where kind = 'person' group by client_id order by 1`),
    positions: await rows(sql`select stream, cursor - 'since' - 'startedAt' as cursor, done from sync_cursor order by stream`),
    runs: await rows(sql`select state, pulled, changed, deleted, rejected, pages, error_code from sync_run`),
    consent: await rows(sql`select purpose, channel, answer, count(*)::int from consent_event group by 1, 2, 3 order by 1, 2, 3`),
    aside: await rows(sql`select external_id, reason_code from rejected_record order by 1`),
    queued: await rows(sql`
      select (select count(*) from resolution_queue)::int as resolve, (select count(*) from consent_queue)::int as consent`),
  };
}

/** One full sync of the helpdesk by workers of their own process, started again as often as they die. */
async function sync(kill: string) {
  const database = await testDatabase();
  const folder = temporaryFolder();
  const queue = `sync-${Math.random().toString(36).slice(2)}`;
  const config = { url: helpdesk.url, user: helpdesk.user, secrets: { password: 'env:SYNC_PASSWORD' } };
  await database.worker.query(sql`
    insert into linked_system (id, connector, title, config)
    values ('helpdesk', 'request-tracker', 'Helpdesk', ${JSON.stringify(config)})`);
  const env = {
    ...process.env,
    SYNC_TEMPORAL: temporal.address,
    SYNC_DATABASE: database.urls.worker,
    SYNC_QUEUE: queue,
    SYNC_FOLDER: folder,
    SYNC_KILL: kill,
    SYNC_PASSWORD: helpdesk.password,
  };
  let over = false;
  let running: ChildProcess | undefined;
  const deaths: (NodeJS.Signals | null)[] = [];
  const start = (): void => {
    running = spawn(process.execPath, ['--import', 'tsx', program], { env, stdio: 'inherit' });
    running.once('exit', (_code, signal) => {
      if (over) return;
      deaths.push(signal);
      start();
    });
  };
  start();
  try {
    await temporal.client.workflow.execute('syncSystem', {
      workflowId: queue,
      taskQueue: queue,
      args: [{ systemId: 'helpdesk', mode: 'full' }],
    });
    const asked = readFileSync(join(folder, 'asked'), 'utf8').split('\n').length - 1;
    return { left: await leftIn(database), asked, deaths, killed: existsSync(join(folder, 'killed')) };
  } finally {
    over = true;
    running?.kill('SIGKILL');
    await database.drop();
  }
}

const places = [
  'before the page is asked',
  'after the page is fetched',
  'before the page is committed',
  'before the activity tells its end',
] as const;

test('a worker killed anywhere in a sync leaves the same end as one that was not', { timeout: 240_000 }, async () => {
  const [undisturbed, ...killed] = await Promise.all(['never', ...places].map(sync));
  if (undisturbed === undefined) throw new Error('the first sync is the undisturbed one');
  expect(undisturbed.deaths).toEqual([]);
  expect(undisturbed.left['records']?.length).toBeGreaterThan(500);
  expect(undisturbed.left['runs']).toMatchObject([{ state: 'done' }]);
  for (const [place, run] of killed.entries()) {
    expect([run.killed, run.deaths], places[place]).toEqual([true, ['SIGKILL']]);
    expect(run.left, places[place]).toEqual(undisturbed.left);
    expect(run.asked - undisturbed.asked, places[place]).toBeLessThanOrEqual(1);
  }
});
