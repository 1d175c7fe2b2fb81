import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Client, WorkflowStartOptions } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { discoverActivities } from '../../activities/discover.ts';
import { failuresOf } from '../../activities/failure.ts';
import { buildOpenSystem } from '../../activities/open-system.ts';
import { loadConnectors } from '../../connectors/kit/registry.ts';
import { dataConverter } from '../../platform/codec.ts';
import { createLog } from '../../platform/log.ts';
import { sql } from '../../store/database.ts';
import { type TestCommandApi, testCommandApi } from '../../test/support/command-api.ts';
import { testKeyRing } from '../../test/support/keys.ts';
import { type TestDatabase, testDatabase } from '../../test/support/postgres.ts';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { type TestTemporal, testTemporal } from '../../test/support/temporal.ts';
import { type BrevoTwin, startBrevoTwin } from '../../test/twins/brevo.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

let temporal: TestTemporal;
let database: TestDatabase;
let twin: BrevoTwin;
let worker: Worker;
let working: Promise<void>;
let api: TestCommandApi;

beforeAll(async () => {
  temporal = await testTemporal();
  database = await testDatabase();
  twin = await startBrevoTwin();
  const folder = temporaryFolder();
  const secret = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return `file:${join(folder, name)}`;
  };
  const settings = (key: string) => JSON.stringify({ url: twin.url, secrets: { apiKey: secret(key, key) } });
  await database.worker.query(sql`
    insert into linked_system (id, connector, title, config, state)
    values ('mailer', 'brevo', 'Mailer', ${settings(twin.apiKey)}, 'active'), ('shut', 'brevo', 'Shut', ${settings('wrong')}, 'active'),
           ('contact', 'web-form', 'Contact', ${JSON.stringify({ origins: ['https://x.example'] })}, 'active')`);
  const taskQueue = `discover-${randomUUID()}`;
  const openSystem = buildOpenSystem({ db: database.worker, connectors: await loadConnectors(), now: () => new Date() });
  const workflowsPath = fileURLToPath(new URL('../../workflows/index.ts', import.meta.url));
  worker = await Worker.create({
    connection: temporal.connection,
    taskQueue,
    workflowBundle: await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') }),
    activities: discoverActivities({ openSystem } as Parameters<typeof discoverActivities>[0]), // all that it uses
    dataConverter: dataConverter(testKeyRing()),
    interceptors: { activity: [() => ({ inbound: failuresOf(createLog({ level: 'silent' })) })] },
  });
  working = worker.run();
  // the same client, on the queue of this test's worker
  const execute = (name: string, options: WorkflowStartOptions) =>
    temporal.client.workflow.execute(name, { ...options, taskQueue });
  api = testCommandApi(database, temporal, { temporal: { workflow: { execute } } as unknown as Client });
});
afterAll(async () => {
  worker.shutdown();
  await working;
  await twin.stop();
  await database.drop();
  await temporal.stop();
});

test('the data team sees what the account of a linked system offers; nothing is written there', async () => {
  const { status, body } = await api.send('data-team', 'POST', '/v1/systems/mailer/discover');
  expect([status, body['missing']]).toEqual([200, []]);
  expect(JSON.stringify(body['parts'])).toContain('"name":"FIRSTNAME"');
  expect(twin.ledger).toEqual([]);
});

test('a system that is not there, cannot tell, or lets nobody in is told; the front office is sent away', async () => {
  const ask = (system: string, role: 'data-team' | 'front-office' = 'data-team') =>
    api.send(role, 'POST', `/v1/systems/${system}/discover`);
  expect(await ask('nowhere')).toMatchObject({ status: 404, body: { code: 'unknown-system' } });
  expect(await ask('contact')).toMatchObject({ status: 422, body: { code: 'verb-unsupported' } });
  expect(await ask('shut')).toMatchObject({ status: 422, body: { code: 'credentials-refused' } });
  expect(await ask('mailer', 'front-office')).toMatchObject({ status: 403 });
});
