import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ownCatalog } from '../analytics/catalog.ts';
import { plannedTables } from '../domain/metrics/catalog.ts';
import { sql } from '../store/database.ts';
import { releasedCells, releasedMonths } from '../store/read/release.ts';
import { type MetricScene, metricScene, type SceneClient } from '../test/support/metric-scene.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';

let scene: MetricScene;
const planned = plannedTables(ownCatalog()).length;
const people: readonly SceneClient[] = Array.from({ length: 300 }, () => ({
  id: randomUUID(),
  country: 'ES',
  sector: 'retail',
  source: 'event',
  birthDate: '1990-01-01',
  firstSeenAt: '2026-03-02T00:00:00Z',
}));
const orders = (month: string, amountCents = 2_000) =>
  people.map(({ id }) => ({ clientId: id, kind: 'order' as const, at: `${month}-09T09:00:00Z`, channel: 'web', amountCents }));

beforeAll(async () => {
  scene = await metricScene(temporaryFolder(), '2026-11-23T12:00:00Z');
  await scene.addClients(people);
  for (const month of ['2026-03', '2026-04', '2026-05', '2026-10', '2026-11']) await scene.addEvents(orders(month));
  await scene.project();
});
afterAll(() => scene.end());

/** Everything that is published of some months, as analysts could ever see it. */
const ledger = async (from: string, to: string) => {
  const metrics = [...ownCatalog().metrics.keys()];
  const sets = [...new Set(plannedTables(ownCatalog()).map(({ dimensions }) => dimensions.join()))];
  const tables = sets.map((set) =>
    releasedCells(scene.database.reader, { metrics, dimensions: set === '' ? [] : set.split(','), from, to }),
  );
  return (await Promise.all(tables)).flat();
};

test('of 32 who publish a month at once while 32 read it, one publishes, and every answer there is says the same', async () => {
  expect(await scene.activities.unpublishedMonths()).toMatchObject({
    months: Array.from({ length: 8 }, () => ({ published: planned, refused: [] })),
  });
  const releases = Array.from({ length: 32 }, () => scene.activities.releaseMonth({ month: '2026-03' }));
  const reads = Array.from({ length: 32 }, () => ledger('2026-03', '2026-03'));
  const published = (await Promise.all(releases)).map((one) => one.published);
  expect(published.filter((count) => count > 0)).toEqual([planned]);
  const last = await ledger('2026-03', '2026-03');
  expect(last.length).toBeGreaterThan(100);
  for (const answer of await Promise.all(reads)) {
    for (const cell of answer) expect(last).toContainEqual(cell);
  }
});

test('an erasure, late data and a rebuild change nothing that is published', async () => {
  await scene.activities.releaseMonth({ month: '2026-04' });
  const before = await ledger('2026-03', '2026-04');
  for (const { id } of people.slice(0, 20)) await scene.erase(id);
  await scene.addEvents(orders('2026-04', 40_000).slice(20));
  const { epoch } = await scene.activities.startEpoch();
  await scene.project();
  await scene.activities.finishEpoch({ epoch });
  expect(await scene.activities.releaseMonth({ month: '2026-04' })).toEqual({ month: '2026-04', published: 0, refused: [] });
  expect(await ledger('2026-03', '2026-04')).toEqual(before);
});

test('nobody can change the ledger, not even its owner; a second table of one name is refused', async () => {
  const { owner, worker } = scene.database;
  await expect(owner.query(sql`update released_cell set value = 1`)).rejects.toThrow(/append-only/);
  await expect(owner.query(sql`delete from released_table`)).rejects.toThrow(/append-only/);
  await expect(owner.query(sql`delete from metric_month`)).rejects.toThrow(/append-only/);
  await expect(worker.query(sql`update metric_month set budget_micro = 2000000`)).rejects.toThrow(/database-forbidden/);
  await expect(
    worker.query(sql`
      insert into released_table (month, metric, dimensions, clamp, epsilon_micro, scale)
      values ('2026-03-01', 'clients', '{}', 1, 1, 1)`),
  ).rejects.toThrow(/database-duplicate.*released_once/);
});

test('a month publishes what its budget covers and says what it refuses; the database refuses more', async () => {
  await scene.database.worker.query(
    sql`insert into metric_month (month, budget_micro, parameters) values ('2026-05-01', 300000, '{}')`,
  );
  const { months } = await scene.activities.unpublishedMonths();
  const first = await scene.activities.releaseMonth({ month: '2026-05' });
  expect(months.find(({ month }) => month === '2026-05')).toEqual(first);
  expect(months.map(({ month }) => month)).not.toContain('2026-03'); // it is published
  expect(first.published).toBeGreaterThan(0);
  expect(first.published + first.refused.length).toBe(planned);
  expect((await scene.activities.releaseMonth({ month: '2026-05' })).published).toBe(0);
  const month = (await releasedMonths(scene.database.reader, 10)).find((one) => one.month === '2026-05');
  expect(month?.spentMicro).toBeLessThanOrEqual(300_000);
  await expect(
    scene.database.worker.query(sql`
      insert into released_table (month, metric, dimensions, clamp, epsilon_micro, scale)
      values ('2026-05-01', 'more', '{}', 1, 300000, 1)`),
  ).rejects.toThrow(/metric_budget_spent/);
});

test('only closed months are published, and those are all that are due', async () => {
  await expect(scene.activities.releaseMonth({ month: '2026-11' })).rejects.toThrow(/^month-not-closed/);
  await expect(scene.activities.releaseMonth({ month: 'soon' })).rejects.toThrow(/^month-not-closed/);
  const { months } = await scene.activities.closedMonths();
  expect([months[0], months.at(-1), months.length]).toEqual(['2026-03', '2026-10', 8]);
});
