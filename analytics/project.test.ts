import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { monthAfter } from '../domain/metrics/month.ts';
import { sql } from '../store/database.ts';
import { holdClient, liftHold } from '../store/write/privacy-hold.ts';
import { markProfiling } from '../store/write/profiling.ts';
import { type MetricScene, metricScene, type SceneClient, type SceneEvent } from '../test/support/metric-scene.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { ownCatalog } from './catalog.ts';
import { exactTables } from './release.ts';

let scene: MetricScene;

const client = (over: Partial<SceneClient> = {}): SceneClient => ({
  id: randomUUID(),
  country: 'ES',
  sector: 'retail',
  source: null,
  birthDate: null,
  firstSeenAt: '2026-01-10T10:00:00Z',
  ...over,
});
const order = (clientId: string, over: Partial<SceneEvent> = {}): SceneEvent => ({
  clientId,
  kind: 'order',
  at: '2026-03-05T10:00:00Z',
  channel: 'web',
  amountCents: 1_000,
  ...over,
});

beforeAll(async () => {
  scene = await metricScene(temporaryFolder(), '2026-11-23T12:00:00Z');
});
afterAll(() => scene.end());

const epoch = async (): Promise<number> =>
  (await scene.database.worker.query<{ number: number }>(sql`select number from analytics_epoch`)).rows[0]?.number ?? 0;
const exact = async (table: string, month = '2026-03'): Promise<readonly number[]> =>
  (await exactTables(scene.analytics, await epoch(), ownCatalog(), month)).get(table) ?? [];

test('a client counts once a table, with no more than the clamp, in the channel of most of its events', async () => {
  const [small, large, silent] = [client(), client(), client({ firstSeenAt: '2026-04-01T00:00:00Z' })];
  await scene.addClients([small, large, silent]);
  await scene.addEvents([
    order(small.id),
    order(small.id, { kind: 'ticket', channel: 'phone' }),
    order(small.id, { kind: 'ticket', channel: 'phone' }),
    ...Array.from({ length: 9 }, () => order(large.id, { amountCents: 90_000 })),
  ]);
  await scene.project();
  expect(await exact('active-clients by nothing')).toEqual([2]);
  expect(await exact('clients by nothing')).toEqual([2]);
  expect(await exact('clients by nothing', '2026-04')).toEqual([3]);
  expect(await exact('orders by nothing')).toEqual([1 + 3]);
  expect(await exact('revenue by nothing')).toEqual([1_000 + 50_000]);
  expect(await exact('tickets by nothing')).toEqual([2]);
  const channels = ownCatalog().dimensions.get('channel')?.values ?? [];
  const byChannel = await exact('active-clients by channel');
  expect([byChannel[channels.indexOf('web')], byChannel[channels.indexOf('phone')]]).toEqual([1, 1]);
});

test('an event that moves to another month leaves the one it was in; one that goes leaves no row, not even out of sight', async () => {
  const one = client();
  await scene.addClients([one]);
  await scene.addEvents([order(one.id, { at: '2026-05-02T00:00:00Z' })]);
  await scene.project();
  expect(await exact('active-clients by nothing', '2026-05')).toEqual([1]);
  await scene.database.owner.query(sql`update sale set at = '2026-06-02' where client_id = ${one.id}`);
  await scene.database.owner.query(sql`
    insert into projection_queue (source_record_id) select source_record_id from sale where client_id = ${one.id}`);
  await scene.project();
  expect(await exact('active-clients by nothing', '2026-05')).toEqual([0]);
  expect(await exact('active-clients by nothing', '2026-06')).toEqual([1]);
  const rows = async () =>
    (
      await scene.analytics.query<{ readonly n: string }>(
        `select toString(count()) as n from client_event_1 where month >= '2026-05-01'`,
      )
    )[0]?.n;
  expect(await rows()).toBe('1');
  await scene.erase(one.id);
  await scene.project();
  expect(await rows()).toBe('0');
  expect(await scene.activities.compareTotals()).toMatchObject({ same: true, waiting: 0 });
});

test('what a worker that was killed wrote and nobody noted leaves the month it was in when it moves or goes', async () => {
  const [moves, goes] = [client(), client()];
  await scene.addClients([moves, goes]);
  await scene.project();
  await scene.addEvents([order(moves.id, { at: '2026-06-02T00:00:00Z' }), order(goes.id, { at: '2026-06-03T00:00:00Z' })]);
  const { owner } = scene.database;
  const { rows: queued } = await owner.query<{ id: string }>(
    sql`select source_record_id as id from projection_queue order by id`,
  );
  const ids = queued.map(({ id }) => id);
  const { rows: noted } = await owner.query<{ readonly events: string }>(
    sql`select coalesce((select events from projected_month where month = '2026-06-01'), 0) as events`,
  );
  await scene.project();
  expect(await exact('active-clients by nothing', '2026-06')).toEqual([2]);
  // as the rolled back transaction of a killed worker leaves it: claimed, queued and not noted
  await owner.query(sql`update projection_state set owner = uuidv7(), since = 0`);
  await owner.query(sql`insert into projection_queue (source_record_id) select unnest(${ids}::bigint[])`);
  await owner.query(sql`delete from projected_record where source_record_id = any(${ids}::bigint[])`);
  await owner.query(sql`update projected_month set events = ${noted[0]?.events} where month = '2026-06-01'`);
  await owner.query(sql`update sale set at = at - interval '31 days' where client_id = ${moves.id}`);
  await owner.query(sql`delete from source_record where id in (select source_record_id from sale where client_id = ${goes.id})`);
  await scene.project();
  expect(await exact('active-clients by nothing', '2026-06')).toEqual([0]);
  expect(await scene.activities.compareTotals()).toMatchObject({ same: true, waiting: 0 });
  await scene.erase(moves.id);
  await scene.project();
});

test('only who wrote and was answered counts as answered, after the time to the first answer; a sale is no question', async () => {
  const [answered, unanswered, buyer] = [client(), client(), client()];
  await scene.addClients([answered, unanswered, buyer]);
  const call = (clientId: string, time: string) => order(clientId, { kind: 'call', at: `2025-06-05T${time}:00Z` });
  await scene.addEvents([
    ...['10:00', '11:30', '15:00'].map((time) => call(answered.id, time)),
    call(unanswered.id, '10:00'),
    order(buyer.id, { at: '2025-06-05T10:00:00Z' }),
  ]);
  await scene.database.owner.query(sql`
    update interaction set direction = case when extract(hour from at) = 10 then 'in' else 'out' end where at::date = '2025-06-05'`);
  await scene.project();
  expect(await exact('active-clients by nothing', '2025-06')).toEqual([3]);
  expect(await exact('answered-clients by nothing', '2025-06')).toEqual([1]);
  expect(await exact('response-hours by nothing', '2025-06')).toEqual([90]);
});

test('an erasure touches only the months that hold something of the client', async () => {
  const [one, other] = [client(), client()];
  await scene.addClients([one, other]);
  await scene.addEvents([
    ...['2025-01', '2025-02'].map((month) => order(one.id, { at: `${month}-05T10:00:00Z` })),
    ...['2025-01', '2025-02', '2025-03', '2025-04'].map((month) => order(other.id, { at: `${month}-05T10:00:00Z` })),
  ]);
  await scene.project();
  // a part that is not rewritten keeps its files, whatever name it has after
  const parts = async (): Promise<ReadonlyMap<string, string>> => {
    const rows = await scene.analytics.query<{ readonly partition: string; readonly paths: readonly string[] }>(
      `select partition, groupArray(path) as paths from system.parts
        where table = 'client_event_1' and active and partition between '2025-01-01' and '2025-04-01' group by partition order by partition`,
    );
    const inode = (path: string): string => `${statSync(join(path, 'data.bin')).ino}`;
    return new Map(rows.map(({ partition, paths }) => [partition.slice(0, 7), paths.map(inode).sort().join(' ')]));
  };
  const before = await parts();
  await scene.erase(one.id);
  await scene.project();
  const after = await parts();
  const touched = [...before.keys()].filter((month) => after.get(month) !== before.get(month));
  expect(touched).toEqual(['2025-01', '2025-02']);
  expect(await exact('orders by nothing', '2025-02')).toEqual([1]);
  expect(await exact('orders by nothing', '2025-04')).toEqual([1]);
  expect(await scene.activities.compareTotals()).toMatchObject({ same: true, waiting: 0 });
});

test('what ClickHouse holds are pseudonyms of this epoch; a rebuild gives others and the same totals', async () => {
  const ids = await scene.database.worker.query<{ id: string }>(sql`select id from client`);
  const pseudonyms = async () =>
    (
      await scene.analytics.query<{ readonly client: string }>(
        `select distinct toString(client) as client from client_profile_${await epoch()} final`,
      )
    ).map((row) => row.client);
  const [before, totals] = [await pseudonyms(), await exact('revenue by channel')];
  expect(before).toHaveLength(ids.rows.length);
  for (const { id } of ids.rows) expect(before).not.toContain(id);
  const { epoch: next } = await scene.activities.startEpoch();
  await expect(scene.activities.releaseMonth({ month: '2026-03' })).rejects.toThrow(/^analytics-rebuilding/);
  await scene.project();
  const after = await pseudonyms();
  expect(after).toHaveLength(before.length);
  expect(after.filter((one) => before.includes(one))).toEqual([]);
  expect(await exact('revenue by channel')).toEqual(totals);
  expect(await scene.activities.compareTotals()).toMatchObject({ same: true, epoch: next, rebuilding: false });
  await expect(scene.analytics.query('select 1 from client_event_1')).rejects.toThrow(/Unknown table/);
});

test('a batch may reach back over more months than ClickHouse takes at once by itself', async () => {
  const one = client();
  await scene.addClients([one]);
  const months = Array.from({ length: 105 }, (_, back) => monthAfter('2012-12', -back));
  await scene.addEvents(months.map((month) => order(one.id, { at: `${month}-05T10:00:00Z` })));
  await scene.project();
  expect(await exact('orders by nothing', '2004-04')).toEqual([1]);
  expect(await scene.activities.compareTotals()).toMatchObject({ same: true, waiting: 0 });
});

test('a change that is made while a batch reads the old value is projected after it', async () => {
  const one = client();
  await scene.addClients([one]);
  await scene.addEvents([order(one.id, { at: '2026-08-02T00:00:00Z', amountCents: 100 })]);
  await scene.database.worker.transaction(async (tx) => {
    await tx.query(sql`update sale set amount_cents = 200 where client_id = ${one.id}`);
    await tx.query(sql`
      insert into projection_queue (source_record_id) select source_record_id from sale where client_id = ${one.id} on conflict do nothing`);
    await scene.project();
    expect(await exact('revenue by nothing', '2026-08')).toEqual([100]);
  });
  await scene.project();
  expect(await exact('revenue by nothing', '2026-08')).toEqual([200]);
});

test('nothing is released from a ClickHouse that lost something', async () => {
  await scene.analytics.command(
    `alter table client_event_${await epoch()} delete where month = '2026-08-01' settings mutations_sync = 2`,
  );
  await expect(scene.activities.releaseMonth({ month: '2026-09' })).rejects.toThrow(
    /^analytics-incomplete: .*ficha analytics rebuild/,
  );
});

test('who objects to profiling, or is restricted, is in no count until that ends', async () => {
  const month = '2026-05';
  const person = client();
  await scene.addClients([person]);
  await scene.addEvents([order(person.id, { at: '2026-05-05T10:00:00Z' })]);
  const counted = async (): Promise<readonly number[]> => {
    await scene.project();
    return [(await exact('orders by nothing', month))[0] ?? 0, (await exact('active-clients by nothing', month))[0] ?? 0];
  };
  const db = scene.database.worker;
  expect(await counted()).toEqual([1, 1]);
  await db.transaction((tx) => markProfiling(tx, [{ clientId: person.id, objects: true }]));
  expect(await counted()).toEqual([0, 0]);
  await db.transaction((tx) => markProfiling(tx, [{ clientId: person.id, objects: false }]));
  expect(await counted()).toEqual([1, 1]);
  await db.query(sql`
    with asked as (
      insert into privacy_request (id, type, client_id, opened_by, received_at, due_at)
      values (${person.id}, 'restriction', ${person.id}, 'dpo', now(), now()) returning id)
    insert into restriction (client_id, request_id, since) select ${person.id}, id, now() from asked`);
  await db.transaction((tx) => holdClient(tx, { clientId: person.id, requestId: person.id, at: new Date() }));
  expect(await counted()).toEqual([0, 0]);
  const notice = { at: new Date().toISOString(), by: 'letter', digest: null } as const;
  await db.transaction((tx) => liftHold(tx, { requestId: person.id, by: 'dpo', notice, at: new Date() }));
  expect(await counted()).toEqual([1, 1]);
});
