import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownCatalog } from '../analytics/catalog.ts';
import { type Analytics, openAnalytics } from '../analytics/clickhouse.ts';
import { exactTables, monthsBehind, settleMonths } from '../analytics/release.ts';
import { type Catalog, micro, plannedTables } from '../domain/metrics/catalog.ts';
import { type Figure, figure } from './figure.ts';
import { fillTables } from './many-clients.ts';
import { measureMetricsApi, publishFigures } from './metrics-api.ts';

type Say = (line: string) => void;

const range = { from: '2023-11', to: '2026-10' } as const;

const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
};

const median = (values: readonly number[]): number => [...values].sort((one, other) => one - other)[values.length >> 1] ?? 0;

/** The catalog with one released metric and what counts its cells. */
function only(catalog: Catalog, name: string): Catalog {
  const declared = catalog.metrics.get(name);
  const counted = declared?.kind === 'released' ? (declared.countedBy ?? name) : name;
  return { ...catalog, metrics: new Map([...catalog.metrics].filter(([one]) => one === name || one === counted)) };
}

async function releaseFigures(analytics: Analytics, events: number): Promise<Figure[]> {
  const catalog = ownCatalog();
  const time = async (one: Catalog): Promise<number> => {
    const runs: number[] = [];
    for (let turn = 0; turn < 3; turn += 1) runs.push(await seconds(() => exactTables(analytics, 1, one, '2026-09')));
    return median(runs);
  };
  const size = `${events / 1_000_000} M events`;
  const settled = await seconds(() => settleMonths(analytics, 1, monthsBehind('2026-09')));
  return [
    figure(`settling six months, once, ${size}`, settled, 's'),
    figure(
      `release of a month, ${plannedTables(only(catalog, 'active-clients')).length} tables of active-clients, ${size}`,
      await time(only(catalog, 'active-clients')),
      's',
    ),
    figure(
      `release of a month, ${plannedTables(only(catalog, 'revenue')).length} tables of revenue and its count, ${size}`,
      await time(only(catalog, 'revenue')),
      's',
    ),
    figure(
      `release of a month, ${plannedTables(only(catalog, 'churned-clients')).length} tables of churned-clients and its count, ${size}`,
      await time(only(catalog, 'churned-clients')),
      's',
    ),
    figure(
      `release of a month, all ${plannedTables(catalog).length} tables, ${micro(catalog.parameters.budget) / 1e6} epsilon, ${size}`,
      await time(catalog),
      's',
    ),
  ];
}

const clientsOf = (size: number): number => Math.max(100_000, Math.round(size / 100));

/** ClickHouse over a folder, filled with so many events; one that was filled before goes on where it stopped. */
async function filled<T>(
  say: Say,
  size: number,
  data: string | undefined,
  work: (analytics: Analytics) => Promise<T>,
): Promise<T> {
  const folder = data ?? mkdtempSync(join(tmpdir(), 'ficha-bench-metrics-'));
  const analytics = openAnalytics({ folder, database: 'default', user: 'default' });
  try {
    const took = await seconds(() => fillTables(analytics, { events: size, clients: clientsOf(size), ...range }, say));
    say(`${size} events of ${clientsOf(size)} clients in 36 months made in ${took.toFixed(0)} s`);
    return await work(analytics);
  } finally {
    await analytics.close();
    if (data === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

const published = { from: '2025-11', to: range.to } as const;

/** Beside the events that a folder keeps, the PostgreSQL with what was released of them. */
const ledgerFolder = (data: string | undefined): string | undefined => (data === undefined ? undefined : `${data}-ledger`);

/**
 * Anonymous metrics: the release of a month, and the API over released cells.
 * @param size events
 * @param data folder that keeps the events for the next run, and one beside it what is released; they go away when left out
 */
export const benchMetrics = async (say: Say, size = 10_000_000, data?: string): Promise<readonly Figure[]> =>
  filled(say, size, data, async (analytics) => {
    const release = await releaseFigures(analytics, size);
    return [...release, ...(await measureMetricsApi(analytics, published, say, ledgerFolder(data)))];
  });

/** Only makes the events and publishes their months, so that a later run with the same folder has nothing to do but measure. */
export const fillMetrics = async (say: Say, size = 10_000_000, data?: string): Promise<readonly Figure[]> =>
  filled(say, size, data, (analytics) => publishFigures(analytics, published, say, ledgerFolder(data)));

/** Only the API, over what was released into the folder. */
export const benchMetricsApi = async (say: Say, size = 10_000_000, data?: string): Promise<readonly Figure[]> =>
  filled(say, size, data, (analytics) => measureMetricsApi(analytics, published, say, ledgerFolder(data)));
