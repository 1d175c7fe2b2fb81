import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownCatalog } from '../analytics/catalog.ts';
import type { Analytics } from '../analytics/clickhouse.ts';
import { noised } from '../analytics/noise.ts';
import { exactTables } from '../analytics/release.ts';
import { cellsOf, type PlannedTable, plannedTables, tableName } from '../domain/metrics/catalog.ts';
import { type Month, monthsFrom } from '../domain/metrics/month.ts';
import { publishTable } from '../domain/metrics/publish-table.ts';
import { createGraphqlHandler } from '../graphql/server.ts';
import { createLog } from '../platform/log.ts';
import { startEmbeddedPostgres } from '../runtime/embedded-postgres.ts';
import { type Database, openDatabase } from '../store/database.ts';
import { migrate } from '../store/migrate.ts';
import { ensureRoles, roleUrl } from '../store/roles.ts';
import { openMonth, publish } from '../store/write/release.ts';
import { testKeyRing } from '../test/support/keys.ts';
import type { Figure } from './figure.ts';

interface Range {
  readonly from: Month;
  readonly to: Month;
}

/** Publishes every month as the release does, from an invented ClickHouse that no PostgreSQL vouches for. */
async function publishAll(db: Database, analytics: Analytics, { from, to }: Range): Promise<void> {
  const catalog = ownCatalog();
  for (const month of monthsFrom(from, to)) {
    const exact = await exactTables(analytics, 1, catalog, month);
    const figures = (table: PlannedTable) => {
      const own = noised(testKeyRing(), `${month}|${tableName(table)}`, exact.get(tableName(table)) ?? [], table);
      return { ...own, total: own.values.reduce((sum, value) => sum + value, 0), totalScale: own.scale };
    };
    await db.transaction(async (tx) => {
      await openMonth(tx, `${month}-01`, 2_000_000, {});
      const tables = plannedTables(catalog).map((table) => {
        const counter = plannedTables(catalog).find(
          (one) => one.metric === table.countedBy && one.dimensions.join() === table.dimensions.join(),
        );
        const own = figures(table);
        const cells = publishTable(cellsOf(catalog, table.dimensions), own, figures(counter ?? table), catalog.parameters);
        return { ...table, scale: own.scale, cells };
      });
      await publish(tx, `${month}-01`, tables);
    });
  }
}

const questions = [
  ['revenue, total, 12 months', 'name: REVENUE'],
  ['revenue by channel, 12 months', 'name: REVENUE, by: [CHANNEL]'],
  ['average basket by country, 12 months', 'name: AVERAGE_BASKET, by: [COUNTRY]'],
  ['active clients of one country by sector, 12 months', 'name: ACTIVE_CLIENTS, by: [SECTOR], filter: { country: [ES] }'],
  ['active clients by sector and country, 12 months', 'name: ACTIVE_CLIENTS, by: [SECTOR, COUNTRY]'],
] as const;

const rounds = 400;

async function timesOf(handler: (request: Request) => Promise<Response>, question: string): Promise<number[]> {
  const query = `{ metric(from: "2025-11", to: "2026-10", ${question}) { unit cells { month channel country sector rest suppressed value low high } } }`;
  const times: number[] = [];
  for (let turn = 0; turn < rounds; turn += 1) {
    const start = performance.now();
    const request = new Request('http://bench/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    const text = await (await handler(request)).text();
    times.push(performance.now() - start);
    if (turn === 0 && (text.includes('"errors"') || !text.includes('"cells":[{')))
      throw new Error(`the API does not answer: ${text.slice(0, 300)}`);
  }
  return times.slice(rounds / 10).sort((one, other) => one - other);
}

/** How fast published figures are read: GraphQL, one question after another, over everything released of the given months. */
export async function measureMetricsApi(analytics: Analytics, range: Range, say: (line: string) => void): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'ficha-bench-postgres-'));
  chmodSync(folder, 0o711); // as root the server runs as another user, who must be able to enter
  const server = await startEmbeddedPostgres({ dataDir: join(folder, 'data'), password: 'bench' });
  const keys = testKeyRing();
  await ensureRoles(server.ownerUrl, keys);
  await migrate(server.ownerUrl);
  const [worker, reader, accessor] = (['ficha_worker', 'ficha_reader', 'ficha_accessor'] as const).map((role) =>
    openDatabase(roleUrl(server.ownerUrl, role, keys)),
  );
  if (!worker || !reader || !accessor) throw new Error('three roles give three pools');
  try {
    const start = performance.now();
    await publishAll(worker, analytics, range);
    say(`${monthsFrom(range.from, range.to).length} months published in ${((performance.now() - start) / 1000).toFixed(1)} s`);
    const handler = createGraphqlHandler({
      reader,
      accessor,
      analytics,
      log: createLog(),
      viewerOf: () => Promise.resolve({ subject: 'bench', roles: ['analyst'] }),
      development: true,
    });
    const figures: Figure[] = [];
    for (const [name, question] of questions) {
      const times = await timesOf(handler, question);
      const at = (share: number): number => Number((times[Math.floor(times.length * share)] ?? 0).toPrecision(3));
      for (const [label, share] of [
        ['p50', 0.5],
        ['p99', 0.99],
      ] as const) {
        figures.push({ name: `API: ${name}, ${label}`, value: at(share), unit: 'ms', peer: null, ratio: null });
      }
    }
    return figures;
  } finally {
    await Promise.all([worker, reader, accessor].map((database) => database.end()));
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
