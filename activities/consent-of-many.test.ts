import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LinkedSystem } from '../connectors/kit/contract.ts';
import { loadConnectors } from '../connectors/kit/registry.ts';
import { sql } from '../store/database.ts';
import { listIdentifiers } from '../store/write/suppression-list.ts';
import { type ConsentScene, consentScene } from '../test/support/consent-scene.ts';
import { startHubspotTwin } from '../test/twins/hubspot.ts';
import { consentRoundActivities } from './consent-round.ts';

const callsPerTenSeconds = 9;
const everybody = Array.from({ length: 120 }, (_, place) => `p${place}@example.org`);
let twin: Awaited<ReturnType<typeof startHubspotTwin>>;
let scene: ConsentScene;

beforeEach(async () => {
  const seed = everybody.map((email, place) => ({ email, firstname: `P${place}`, lastname: 'Ruiz' }));
  twin = await startHubspotTwin({ seed, callsPerTenSeconds });
  const connector = (await loadConnectors()).get('hubspot');
  if (connector === undefined) throw new Error('connectors/hubspot is not there');
  const system = connector.open({
    systemId: 'hubspot',
    // as an administrator sets it: a little below what the vendor allows
    config: { url: twin.url, appId: twin.appId, callsPerTenSeconds: callsPerTenSeconds - 1 },
    secret: (name) => ({ token: twin.token, clientSecret: twin.clientSecret })[name] ?? '',
    signal: new AbortController().signal,
    now: () => new Date(),
  });
  const open = (): LinkedSystem => ({
    ...system,
    capabilities: { ...system.capabilities, streams: ['person'] },
    close: () => Promise.resolve(),
  });
  scene = await consentScene([{ systemId: 'hubspot', open }]);
  await scene.pullAll('hubspot');
});
afterEach(async () => {
  await twin.stop();
  await scene.database.drop();
});

const optOut = (addresses: readonly string[]): Promise<unknown> =>
  scene.database.worker.transaction((tx) =>
    listIdentifiers(
      tx,
      scene.deps.keys,
      addresses.map((value) => ({
        kind: 'email' as const,
        value,
        purpose: 'marketing',
        channel: 'email',
        reason: 'opt-out' as const,
        since: scene.deps.now(),
      })),
    ),
  );
const acts = async (): Promise<number> =>
  (await scene.database.worker.query(sql`select from suppression_act where confirmed_at is not null`)).rowCount;

test('a list of opt-outs is carried out a hundred a call and read back, and no call is above the limit of the vendor', async () => {
  await optOut(everybody);
  while ((await scene.derive()) > 0);
  const before = twin.seen.length;
  expect(await scene.apply('hubspot')).toEqual({ applied: 120, lifted: 0, open: 0 });
  expect(twin.state.optedOut.size).toBe(120);
  expect(await acts()).toBe(120);
  const calls = twin.seen.slice(before);
  expect(calls.length).toBe(10);
  expect(calls.filter(({ status }) => status === 429)).toEqual([]);
});

test('whether they still obey is asked a hundred a call; only who is allowed again is looked at by themselves', async () => {
  await optOut(everybody);
  while ((await scene.derive()) > 0);
  await scene.apply('hubspot');
  const of = { systemId: 'hubspot', after: '00000000-0000-0000-0000-000000000000', limit: 500 };
  const reconcile = async () => {
    const before = twin.seen.length;
    const { reconcileSystem } = consentRoundActivities(scene.deps);
    const inActivity = new MockActivityEnvironment();
    const { drifted } = await inActivity.run<[typeof of], { readonly drifted: number }, typeof reconcileSystem>(
      reconcileSystem,
      of,
    );
    return { drifted, calls: twin.seen.length - before };
  };
  expect(await reconcile()).toEqual({ drifted: 0, calls: 4 });
  twin.state.optedOut.delete(everybody[7] ?? '');
  const { drifted, calls } = await reconcile();
  expect(drifted).toBe(1);
  expect(calls).toBeLessThan(10);
});

test('who was opted out there is no act of ours; who is gone is absent; whom the vendor keeps silently has a task', async () => {
  const few = everybody.slice(0, 8);
  await optOut(few);
  twin.state.optedOut.add(few[0] ?? '');
  const gone = [...twin.state.objects.contacts.values()].find(({ properties }) => properties['email'] === few[1]);
  if (gone !== undefined) gone.archived = true;
  twin.state.deaf = 1;
  await scene.derive();
  expect(await scene.apply('hubspot')).toEqual({ applied: 6, lifted: 0, open: 1 });
  expect(await acts()).toBe(5);
  const { rows } = await scene.database.worker.query<{ readonly state: string; readonly n: number }>(sql`
    select state, count(*)::int as n from suppression group by state order by state`);
  expect(rows).toEqual([
    { state: 'absent', n: 1 },
    { state: 'applied', n: 6 },
    { state: 'refused', n: 1 },
  ]);
  const { rows: tasks } = await scene.database.worker.query(sql`select reason from review_task where kind = 'consent'`);
  expect(tasks).toEqual([{ reason: 'suppression-refused' }]);
});
