import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownCatalog } from '../analytics/catalog.ts';
import { type Analytics, openAnalytics } from '../analytics/clickhouse.ts';
import { type ProjectedRecord, projectRecords } from '../analytics/project.ts';
import { exactTables } from '../analytics/release.ts';
import { tableOf } from '../analytics/tables.ts';
import { type Catalog, micro, plannedTables } from '../domain/metrics/catalog.ts';
import { testKeyRing } from '../test/support/keys.ts';
import type { Figure } from './figure.ts';
import { fillTables } from './many-clients.ts';
import { measureMetricsApi } from './metrics-api.ts';

type Say = (line: string) => void;

const range = { from: '2023-11', to: '2026-10' } as const;
const day = new Date('2026-11-23T12:00:00Z');

const figure = (name: string, value: number, unit: string, peer: string | null = null, ratio: number | null = null): Figure => ({
  name,
  value: Number(value.toPrecision(3)),
  unit,
  peer,
  ratio,
});

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
  return [
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
      `release of a month, all ${plannedTables(catalog).length} tables, ${micro(catalog.parameters.budget) / 1e6} epsilon, ${size}`,
      await time(catalog),
      's',
    ),
  ];
}

const batch = 20_000;

const recordsFrom = (first: number): readonly ProjectedRecord[] =>
  Array.from({ length: batch }, (_, place) => ({
    sourceRecordId: `${1_000_000_000 + first + place}`,
    clientId: `client ${(first + place) % 50_000}`,
    linkedSystemId: 'erp',
    kind: 'order',
    month: '2022-01-01',
    projectedMonth: null,
    channel: 'web',
    amountCents: '1999',
    currency: 'EUR',
    responseMinutes: null,
  }));

/** The projection (pseudonyms, domains, tokens) beside the bare client that is given finished rows, in the same batches. */
async function ingestFigures(analytics: Analytics): Promise<Figure[]> {
  const keys = testKeyRing();
  await analytics.command(`create table plain_event as ${tableOf('client_event', 1)}`);
  const bare = (first: number) =>
    recordsFrom(first).map(({ sourceRecordId }) => ({
      event: `00000000-0000-4000-8000-${sourceRecordId.padStart(12, '0')}`,
      client: `00000000-0000-4000-9000-${String(first % 50_000).padStart(12, '0')}`,
      linked_system: 'erp',
      kind: 'order',
      month: '2022-01-01',
      channel: 'web',
      amount_cents: '1999',
      currency: 'EUR',
      response_minutes: -1,
      version: '1',
      is_deleted: 0,
    }));
  const [own, plain]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < 10; turn += 1) {
    const [records, rows] = [recordsFrom(turn * batch), bare(turn * batch)];
    const stamp = { epoch: 1, version: `${turn + 2}`, today: day, unsure: false };
    own.push(await seconds(() => projectRecords(analytics, keys, ownCatalog(), records, stamp)));
    plain.push(await seconds(() => analytics.insert('plain_event', rows, `plain ${turn}`)));
  }
  const [ownRate, plainRate] = [batch / median(own), batch / median(plain)];
  return [
    figure('ingest, @clickhouse/client alone', plainRate, 'rows/s'),
    figure('ingest, projection with pseudonyms', ownRate, 'rows/s', '@clickhouse/client alone', ownRate / plainRate),
  ];
}

/** Anonymous metrics: the API over released cells, the release of a month, and the way into ClickHouse. @param size events */
export async function benchMetrics(say: Say, size = 10_000_000): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'ficha-bench-metrics-'));
  const analytics = openAnalytics({ folder, database: 'default', user: 'default' });
  try {
    const clients = Math.max(100_000, Math.round(size / 100));
    const filled = await seconds(() => fillTables(analytics, { events: size, clients, ...range }, say));
    say(`${size} events of ${clients} clients in 36 months made in ${filled.toFixed(0)} s`);
    const release = await releaseFigures(analytics, size);
    const ingest = await ingestFigures(analytics);
    return [...release, ...ingest, ...(await measureMetricsApi(analytics, range, say))];
  } finally {
    await analytics.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
