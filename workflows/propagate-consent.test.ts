import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { dataConverter } from '../platform/codec.ts';
import { sql } from '../store/database.ts';
import { anaIn, type ConsentScene, consentScene, saidIn } from '../test/support/consent-scene.ts';
import { consentWorker, consentWorkflows } from '../test/support/consent-worker.ts';
import { ContactSystem } from '../test/support/contact-system.ts';
import { testKeyRing } from '../test/support/keys.ts';
import { type CallMoment, serveSystems } from '../test/support/system-over-http.ts';
import { type TestTemporal, testTemporal } from '../test/support/temporal.ts';

const program = fileURLToPath(new URL('../test/support/consent-worker-process.ts', import.meta.url));
let temporal: TestTemporal;
let scene: ConsentScene;
let mailer: ContactSystem;
let erp: ContactSystem;
let running: ChildProcess | undefined;

beforeAll(async () => {
  temporal = await testTemporal();
});
afterAll(() => temporal.stop());
beforeEach(async () => {
  mailer = new ContactSystem('mailer', ['email'], ['m1']);
  erp = new ContactSystem('erp', ['email'], ['e1']);
  scene = await consentScene([mailer, erp]);
  await scene.pull('erp', [anaIn('e1')]);
  await scene.pull('mailer', [anaIn('m1'), saidIn('m1', { answer: 'denied', at: '2026-05-30T10:00:00.000Z' })]);
});
afterEach(async () => {
  running?.kill('SIGKILL');
  running = undefined;
  await scene.database.drop();
});

const run = async (taskQueue: string) => {
  const handle = await temporal.client.workflow.start('propagateConsent', { workflowId: `consent-${randomUUID()}`, taskQueue });
  return { handle, result: await handle.result() };
};

describe('passing consent on', () => {
  test('reaches every system, says so by system, does nothing when nothing is queued, and replays', async () => {
    const queue = `consent-${randomUUID()}`;
    const worker = await consentWorker(temporal.connection, queue, scene.deps);
    const { handle, result } = await run(queue);
    expect(result).toEqual({
      systems: [
        { systemId: 'erp', state: 'done', applied: 1, lifted: 0, open: 0 },
        { systemId: 'mailer', state: 'done', applied: 1, lifted: 0, open: 0 },
      ],
    });
    expect(erp.contacts('e1', 'email', 'marketing')).toBe(false);
    expect((await run(queue)).result).toEqual({ systems: [] });
    await worker.stop();
    const workflowBundle = await bundleWorkflowCode({ workflowsPath: consentWorkflows, logger: new DefaultLogger('ERROR') });
    const options = { workflowBundle, dataConverter: dataConverter(testKeyRing()) };
    await Worker.runReplayHistory(options, await handle.fetchHistory(), handle.workflowId);
  });

  test('a system that cannot be opened stops no other, and what it owes stays due', async () => {
    await scene.database.worker.query(sql`insert into linked_system (id, connector, title) values ('gone', 'gone', 'Gone')`);
    await scene.pull('gone', [anaIn('g1')]);
    const queue = `consent-${randomUUID()}`;
    const worker = await consentWorker(temporal.connection, queue, scene.deps);
    const { result } = await run(queue);
    await worker.stop();
    expect(result.systems.map(({ systemId, state }: { systemId: string; state: string }) => `${systemId} ${state}`)).toEqual([
      'erp done',
      'gone failed',
      'mailer done',
    ]);
    expect(await scene.states()).toContain('gone marketing email due');
  });
});

const places: readonly CallMoment[] = [
  { systemId: 'erp', verb: 'readConsent', when: 'before' },
  { systemId: 'erp', verb: 'suppress', when: 'before' },
  { systemId: 'erp', verb: 'suppress', when: 'after' },
];

test.each(places)(
  'a worker killed $when $verb leaves the same end as one that was not, with one write',
  async (place) => {
    const queue = `consent-${randomUUID()}`;
    let kills = 0;
    const start = (url: string) => {
      const own = { CONSENT_TEMPORAL: temporal.address, CONSENT_DATABASE: scene.database.urls.worker };
      const env = { ...process.env, ...own, CONSENT_SYSTEMS: url, CONSENT_QUEUE: queue };
      running = spawn(process.execPath, ['--import', 'tsx', program], { env, stdio: 'inherit' });
    };
    const systems = await serveSystems([mailer, erp], async ({ systemId, verb, when }) => {
      if (kills > 0 || systemId !== place.systemId || verb !== place.verb || when !== place.when) return;
      kills += 1;
      running?.kill('SIGKILL');
      start(systems.url);
      await Promise.resolve();
    });
    start(systems.url);
    const { result } = await run(queue);
    systems.stop();
    expect(kills).toBe(1);
    expect(result.systems).toMatchObject([{ state: 'done' }, { state: 'done' }]);
    expect(erp.contacts('e1', 'email', 'marketing')).toBe(false);
    expect(erp.writes).toEqual(['suppress e1 email marketing']);
    expect(await scene.states()).toEqual(['erp marketing email applied', 'mailer marketing email applied']);
  },
  120_000,
);
