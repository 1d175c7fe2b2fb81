import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LinkedSystem, PullPage } from '../connectors/kit/contract.ts';
import { FichaError } from '../domain/record/error.ts';
import { sql } from '../store/database.ts';
import { driftNewestFirst } from '../store/read/consent-drift.ts';
import { noteHeard } from '../store/write/webhook-events.ts';
import { startSyncRun } from '../store/write/sync-runs.ts';
import { anaIn, type ConsentScene, consentScene, saidIn } from '../test/support/consent-scene.ts';
import { ContactSystem } from '../test/support/contact-system.ts';
import { watchActivities, type Watched } from './watch.ts';

const told = new ContactSystem('crm', ['email'], ['c1']);
let scene: ConsentScene;
/** What the next looks find, one a look; `undefined`: the system does not answer. */
let answers: (readonly PullPage['records'][number][] | undefined)[];
let looks: string[];

async function* pull(stream: string): AsyncGenerator<PullPage> {
  looks.push(stream);
  await Promise.resolve();
  const records = answers.shift();
  if (records === undefined) throw new FichaError('vendor-unreachable', 'no answer', { retry: 'later' });
  yield { records, rejected: [], deleted: [], cursor: { version: 1 }, last: true };
}
const open = (): LinkedSystem => {
  const system = told.open();
  return { ...system, capabilities: { ...system.capabilities, streams: ['people', 'sales'], consentStreams: ['people'] }, pull };
};

beforeEach(async () => {
  [answers, looks] = [[], []];
  scene = await consentScene([{ systemId: 'crm', open }]);
  await scene.pull('crm', [anaIn('c1')]);
  await scene.database.worker.query(sql`update sync_cursor set stream = 'people'`);
});
afterEach(() => scene.database.drop());

const runs = async (): Promise<readonly unknown[]> =>
  (await scene.database.worker.query(sql`select mode, state, changed from sync_run`)).rows;

/** Watches until the activity ends, or for so long. */
async function watch(ms = 30_000, restMs = 0, attempt = 1): Promise<Watched> {
  const environment = new MockActivityEnvironment({ attempt });
  const timer = setTimeout(() => environment.cancel(), ms);
  try {
    return await environment.run(watchActivities(scene.deps).awaitConsent, { systemId: 'crm', restMs });
  } finally {
    clearTimeout(timer);
  }
}

test('a no that a look finds is in the ledger, and the watch says so; only what tells of consent is read', async () => {
  answers = [[saidIn('c1', { answer: 'denied', at: '2026-05-30T10:00:00.000Z' })]];
  expect(await watch()).toEqual({ changed: 1, over: false, restMs: 10_000 });
  expect(looks).toEqual(['people']);
  const { rows } = await scene.database.worker.query(sql`select answer from consent_event`);
  expect(rows).toEqual([{ answer: 'denied' }]);
  expect(await runs()).toEqual([{ mode: 'consent', state: 'done', changed: '1' }]);
});

test('a system is left alone first, but not again after a worker died', async () => {
  answers = [[saidIn('c1', { answer: 'denied', at: '2026-05-30T10:00:00.000Z' })]];
  await watch(1_500, 20_000);
  expect(looks).toEqual([]);
  expect(await watch(30_000, 20_000, 2)).toMatchObject({ changed: 1 });
});

test('looks that find nothing, and one that fails, leave no run behind', async () => {
  answers = [undefined, []];
  await watch(6_000);
  expect(looks).toEqual(['people', 'people']);
  expect(await runs()).toEqual([]);
});

test('a stream that no sync has read to its end is left to the sync', async () => {
  await startSyncRun(scene.database.worker, '00000000-0000-7000-8000-000000000001', 'crm', 'full');
  await scene.database.worker.query(sql`
    update sync_cursor set done = false, run_id = '00000000-0000-7000-8000-000000000001', updated_at = now() - interval '1 hour'`);
  await scene.database.worker.query(sql`update sync_run set started_at = now() - interval '1 hour', state = 'failed'`);
  await watch(1_500);
  expect(looks).toEqual([]);
});

test('a system that is being pulled is not looked at', async () => {
  await startSyncRun(scene.database.worker, '00000000-0000-7000-8000-000000000002', 'crm', 'incremental');
  expect(await watch(1_500)).toMatchObject({ changed: 0, over: false });
  expect(looks).toEqual([]);
});

test('a no that the webhooks of a calling system did not tell is found by a look, and the next is 5 minutes later', async () => {
  await noteHeard(scene.database.worker, 'crm', new Date());
  answers = [[], [saidIn('c1', { answer: 'denied', at: '2026-05-30T10:00:00.000Z' })]];
  expect(await watch(1_500)).toEqual({ changed: 0, over: false, restMs: 300_000 });
  expect(looks).toEqual(['people']);
  expect(await watch()).toEqual({ changed: 1, over: false, restMs: 300_000 });
  const { rows } = await scene.database.worker.query(sql`select answer from consent_event`);
  expect(rows).toEqual([{ answer: 'denied' }]);
});

test('the watch of a system that is not in use is over', async () => {
  await scene.database.worker.query(sql`update linked_system set state = 'paused'`);
  expect(await watch()).toEqual({ changed: 0, over: true, restMs: 0 });
});

test('what was allowed again before the next look shows no change, and is suppressed again all the same, and reported once', async () => {
  const allowed = saidIn('c1', { answer: 'pending', at: '2026-05-01T10:00:00.000Z', atKnown: false });
  await scene.pull('crm', [allowed]);
  const [ana = ''] = await scene.clientIds();
  await scene.database.worker.query(sql`
    insert into suppression (client_id, purpose, channel, linked_system_id, since) values (${ana}, 'marketing', 'email', 'crm', now())`);
  await scene.apply('crm');
  expect(told.contacts('c1', 'email', 'marketing')).toBe(false);
  told.denied.clear(); // somebody subscribes them again, as they were before
  scene.setClock('2026-06-01T00:01:00.000Z');
  answers = [[allowed]];
  expect(await watch()).toMatchObject({ changed: 1 });
  await scene.apply('crm');
  expect(told.contacts('c1', 'email', 'marketing')).toBe(false);
  expect(await driftNewestFirst(scene.database.reader)).toHaveLength(1);
  scene.setClock('2026-06-01T00:02:00.000Z');
  answers = [[allowed], [allowed]];
  expect(await watch()).toMatchObject({ changed: 1 }); // it was suppressed anew: looked at once more, and obeyed
  await scene.apply('crm');
  scene.setClock('2026-06-01T00:03:00.000Z');
  expect(await watch(2_000)).toMatchObject({ changed: 0 });
  expect(await driftNewestFirst(scene.database.reader)).toHaveLength(1);
});
