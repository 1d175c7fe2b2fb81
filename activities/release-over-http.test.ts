import { afterAll, beforeAll, expect, test } from 'vitest';
import { ownCatalog } from '../analytics/catalog.ts';
import { plannedTables } from '../domain/metrics/catalog.ts';
import { releasedCells } from '../store/read/release.ts';
import { type ClickHouseOverHttp, clickhouseOverHttp } from '../test/support/clickhouse-over-http.ts';
import { type MetricScene, metricScene } from '../test/support/metric-scene.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';

/** The same people and events in two Fichas: one with the engine inside, one that is given CLICKHOUSE_URL. */
const now = '2026-11-23T12:00:00Z';
const months = { from: '2026-08', to: '2026-10' } as const;
const people = Array.from({ length: 400 }, (_, number) => ({
  id: `0190a000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`,
  country: number % 3 === 0 ? 'IT' : 'ES',
  sector: number % 2 === 0 ? "retail 'n' food" : 'health',
  source: 'event',
  birthDate: '1990-01-01',
  firstSeenAt: '2026-07-02T00:00:00Z',
}));
const events = ['2026-08', '2026-09', '2026-10'].flatMap((month) =>
  people.map(({ id }, number) => ({
    clientId: id,
    kind: number % 5 === 0 ? ('ticket' as const) : ('order' as const),
    at: `${month}-09T09:00:00Z`,
    channel: number % 4 === 0 ? 'shop' : 'web',
    amountCents: 1_000 + number,
  })),
);

let server: ClickHouseOverHttp;
let scenes: readonly MetricScene[] = [];

beforeAll(async () => {
  server = await clickhouseOverHttp();
  scenes = [await metricScene(temporaryFolder(), now), await metricScene(temporaryFolder(), now, undefined, server.url)];
  for (const scene of scenes) {
    await scene.addClients(people);
    await scene.addEvents(events);
  }
});
afterAll(async () => {
  for (const scene of scenes) await scene.end();
  await server.stop();
});

const published = async ({ database }: MetricScene) => {
  const metrics = [...ownCatalog().metrics.keys()];
  const sets = [...new Set(plannedTables(ownCatalog()).map(({ dimensions }) => dimensions.join()))];
  const tables = sets.map((set) =>
    releasedCells(database.reader, { metrics, dimensions: set === '' ? [] : set.split(','), ...months }),
  );
  return (await Promise.all(tables)).flat();
};

test('a server by its address publishes the very figures that the embedded engine does', async () => {
  for (const scene of scenes) expect(await scene.release()).toBeGreaterThan(0);
  const [inside, outside] = await Promise.all(scenes.map(published));
  expect(inside?.length).toBeGreaterThan(300);
  expect(outside).toEqual(inside);
});

test('over HTTP too an erasure leaves no row behind, a rebuild has the same totals, and what is published stays', async () => {
  const [, scene] = scenes;
  if (scene === undefined) throw new Error('two scenes were made');
  const before = await published(scene);
  for (const { id } of people.slice(0, 10)) await scene.erase(id);
  await scene.project();
  const { clients } = await scene.activities.compareTotals();
  expect(clients).toEqual({ expected: 390, held: 390 });
  const { epoch } = await scene.activities.startEpoch();
  await scene.project();
  await scene.activities.finishEpoch({ epoch });
  expect(await scene.activities.compareTotals()).toMatchObject({ same: true, waiting: 0, epoch });
  expect(await published(scene)).toEqual(before);
});
