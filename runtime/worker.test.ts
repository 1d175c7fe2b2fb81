import { setTimeout as pause } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { WorkflowFailedError } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Analytics, openAnalytics } from '../analytics/clickhouse.ts';
import { FichaError } from '../domain/record/error.ts';
import { createLog } from '../platform/log.ts';
import { testKeyRing } from '../test/support/keys.ts';
import { type TestDatabase, testDatabase } from '../test/support/postgres.ts';
import { type TestTemporal, testTemporal } from '../test/support/temporal.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { taskQueue } from '../workflows/messages.ts';
import { scheduleConsentRound, scheduleSync } from './schedules.ts';
import { bundleWorkflows, type RunningWorker, startWorker } from './worker.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
let temporal: TestTemporal;
let database: TestDatabase;
let analytics: Analytics;
let worker: RunningWorker;

beforeAll(async () => {
  [temporal, database] = await Promise.all([testTemporal(), testDatabase()]);
  analytics = openAnalytics({ folder: temporaryFolder(), database: 'default', user: 'default' });
  const deps = {
    db: database.worker,
    keys: testKeyRing(),
    log: createLog({ level: 'silent' }),
    now: () => new Date(),
    openSystem: () => Promise.reject(new FichaError('unknown-system', 'this test links none')),
    analytics,
  };
  worker = await startWorker(temporal.connection, { namespace: 'default' }, deps, await bundleWorkflows());
}, 120_000);

afterAll(async () => {
  await worker.stop();
  await temporal.stop();
  await database.drop();
  await analytics.close();
});

test('a workflow runs through its activities; nothing queued is nothing done', async () => {
  const done = await temporal.client.workflow.execute('projectAnalytics', { workflowId: `project-${randomUUID()}`, taskQueue });
  expect(done).toEqual({ projected: 0 });
});

test('an error of ours that no retry can help ends the workflow at once, with its code', async () => {
  const run = temporal.client.workflow.execute('syncSystem', {
    workflowId: `sync-${randomUUID()}`,
    taskQueue,
    args: [{ systemId: 'nowhere', mode: 'full' }],
  });
  const error = await run.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(WorkflowFailedError);
  expect(error).toMatchObject({ cause: { cause: { type: 'database-missing-reference', nonRetryable: true } } });
});

test('the schedule of a linked system is made once and changed after that; a run still going is not overtaken', async () => {
  const id = `s${randomUUID().slice(0, 8)}`;
  await scheduleSync(temporal.client, id, 15, false);
  await scheduleSync(temporal.client, id, 60, true);
  const handle = temporal.client.schedule.getHandle(`schedule-${id}`);
  const { spec, policies, state, action } = await handle.describe();
  expect(spec.intervals?.map(({ every }) => every)).toEqual([3_600_000]);
  expect(policies.overlap).toBe('SKIP');
  expect(state.paused).toBe(true);
  expect(action).toMatchObject({ workflowType: 'syncSystem', args: [{ systemId: id, mode: 'incremental' }] });
  await handle.delete();
});

test('the round that compares every system with the ledger is scheduled daily, made up for when missed, and runs', async () => {
  await scheduleConsentRound(temporal.client);
  await scheduleConsentRound(temporal.client);
  const handle = temporal.client.schedule.getHandle('schedule-consent-round');
  const { spec, policies, action } = await handle.describe();
  expect(spec.calendars).toMatchObject([{ hour: [{ start: 1 }], minute: [{ start: 17 }] }]);
  expect(policies.catchupWindow).toBe(7 * 86_400_000);
  expect(action).toMatchObject({ workflowType: 'keepConsentPromises' });
  await handle.trigger();
  const started = async () => (await handle.describe()).info.recentActions[0]?.action;
  while ((await started()) === undefined) await pause(200);
  const run = await started();
  const result: unknown = await temporal.client.workflow.getHandle(run?.workflow.workflowId ?? '').result();
  expect(result).toEqual({ cameOfAge: 0, proposed: 0, drifted: 0 });
  await handle.delete();
}, 120_000);

test('every workflow of the folder is in the bundle, also when Ficha is installed under node_modules', async () => {
  const place = mkdtempSync(join(tmpdir(), 'ficha-installed-'));
  const installed = join(place, 'node_modules', 'ficha');
  mkdirSync(installed, { recursive: true });
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (name !== 'ficha' && !name.startsWith('.'))
      symlinkSync(join(root, 'node_modules', name), join(place, 'node_modules', name));
  }
  for (const folder of [
    'workflows',
    'runtime',
    'activities',
    'domain',
    'schemas',
    'platform',
    'analytics',
    'store',
    'connectors',
  ]) {
    cpSync(join(root, folder), join(installed, folder), { recursive: true });
  }
  cpSync(join(root, 'package.json'), join(installed, 'package.json'));
  const there = (await import(pathToFileURL(join(installed, 'runtime/worker.ts')).href)) as {
    bundleWorkflows: typeof bundleWorkflows;
  };
  const { code } = await there.bundleWorkflows();
  for (const name of ['syncSystem', 'resolveRecords', 'propagateConsent', 'runPrivacyRequest', 'projectAnalytics']) {
    expect(code).toContain(name);
  }
  rmSync(place, { recursive: true, force: true });
}, 120_000);
