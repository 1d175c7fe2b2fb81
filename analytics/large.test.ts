import { afterAll, beforeAll, expect, test } from 'vitest';
import { fillTables } from '../bench/many-clients.ts';
import { cellsOf, type PlannedTable, plannedTables, tableName } from '../domain/metrics/catalog.ts';
import { type NoisedFigures, publishTable } from '../domain/metrics/publish-table.ts';
import { testKeyRing } from '../test/support/keys.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { ownCatalog } from './catalog.ts';
import { type Analytics, openAnalytics } from './clickhouse.ts';
import { noised } from './noise.ts';
import { exactTables } from './release.ts';

let analytics: Analytics;
const month = '2026-10';

beforeAll(async () => {
  analytics = openAnalytics({ folder: temporaryFolder(), database: 'default', user: 'default' });
  await fillTables(analytics, { events: 400_000, clients: 100_000, from: '2026-09', to: month }, () => {});
});
afterAll(() => analytics.close());

test('is useful at 100,000 clients: the median error of the cells shown by one dimension is at most 0.5 %', async () => {
  const catalog = ownCatalog();
  const exact = await exactTables(analytics, 1, catalog, month);
  const figures = (table: PlannedTable): NoisedFigures => {
    const own = noised(testKeyRing(), `${month}|${tableName(table)}`, exact.get(tableName(table)) ?? [], table);
    return { ...own, total: 0, totalScale: own.scale };
  };
  const tables = plannedTables(catalog);
  const errors = tables
    .filter(({ dimensions }) => dimensions.length === 1)
    .flatMap((table) => {
      const counter = tables.find((one) => one.metric === table.countedBy && one.dimensions.join() === table.dimensions.join());
      const shown = publishTable(
        cellsOf(catalog, table.dimensions),
        figures(table),
        figures(counter ?? table),
        catalog.parameters,
      );
      const truth = exact.get(tableName(table)) ?? [];
      return shown.flatMap(({ kind, value }, place) => {
        const real = truth[place] ?? 0;
        return kind === 'cell' && value !== null && real > 0 ? [Math.abs(value - real) / real] : [];
      });
    })
    .sort((one, other) => one - other);
  const median = errors[errors.length >> 1] ?? 1;
  process.stdout.write(
    `median error of ${errors.length} cells by one dimension at 100,000 clients: ${(100 * median).toFixed(2)} %\n`,
  );
  expect(errors.length).toBeGreaterThan(40);
  expect(median).toBeLessThanOrEqual(0.005);
});
