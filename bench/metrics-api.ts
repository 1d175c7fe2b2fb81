import { loadavg } from 'node:os';
import { ownCatalog } from '../analytics/catalog.ts';
import type { Deps } from '../activities/deps.ts';
import { releaseActivities } from '../activities/release.ts';
import type { Analytics } from '../analytics/clickhouse.ts';
import { heldByMonth, heldTotals } from '../analytics/release.ts';
import { plannedTables } from '../domain/metrics/catalog.ts';
import { type Month, monthsFrom } from '../domain/metrics/month.ts';
import { createGraphqlHandler } from '../graphql/server.ts';
import { createLog } from '../platform/log.ts';
import { type Database, openDatabase, sql } from '../store/database.ts';
import { testKeyRing } from '../test/support/keys.ts';
import { type Figure, figure } from './figure.ts';
import { percentile, type ReadDatabase, startReadDatabase } from './read-database.ts';

type Say = (line: string) => void;

interface Range {
  readonly from: Month;
  readonly to: Month;
}

/** What ClickHouse was filled with is noted as brought there, as the projection would have noted it. */
async function noteFilled(db: Database, analytics: Analytics): Promise<void> {
  const months = JSON.stringify(await heldByMonth(analytics, 1));
  await db.query(sql`
    insert into projected_month (month, events) select month, events from jsonb_to_recordset(${months}::jsonb) as x(month date, events bigint)
        on conflict do nothing`);
  await db.query(sql`update projection_state set clients = ${(await heldTotals(analytics, 1, [])).clients}`);
}

/** Publishes months with everything that belongs to them. @returns seconds a month */
async function publishAll(db: Database, analytics: Analytics, open: readonly Month[]): Promise<readonly number[]> {
  const deps = { db, analytics, keys: testKeyRing(), now: () => new Date('2026-11-23T12:00:00Z') } as unknown as Deps; // a release asks for no more
  const { releaseMonth } = releaseActivities(deps);
  const times: number[] = [];
  for (const month of open) {
    const start = performance.now();
    const { published, refused } = await releaseMonth({ month });
    times.push((performance.now() - start) / 1000);
    if (published === 0 || refused.length > 0) throw new Error(`bench-release: ${month} published ${published} tables`);
  }
  return times;
}

const questions = [
  ['revenue, total', 'name: REVENUE'],
  ['revenue by channel', 'name: REVENUE, by: [CHANNEL]'],
  ['average basket by country', 'name: AVERAGE_BASKET, by: [COUNTRY]'],
  ['active clients of one country by sector', 'name: ACTIVE_CLIENTS, by: [SECTOR], filter: { country: [ES] }'],
  ['active clients by sector and country', 'name: ACTIVE_CLIENTS, by: [SECTOR, COUNTRY]'],
] as const;
type Question = (typeof questions)[number];

const rounds = 600;
const months = monthsFrom('2025-11', '2026-10');

/** Every range within the twelve months, so that no question is the one before. */
const ranges = months.flatMap((from, place) => months.slice(place).map((to) => ({ from, to })));

type Handler = (request: Request) => Promise<Response>;

async function answered(handler: Handler, question: string, { from, to }: Range): Promise<number> {
  const query = `{ metric(from: "${from}", to: "${to}", ${question}) { unit cells { month channel country sector rest suppressed value low high } } }`;
  const start = performance.now();
  const request = new Request('http://bench/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  const text = await (await handler(request)).text();
  const time = performance.now() - start;
  if (text.includes('"errors"') || !text.includes('"cells":[{'))
    throw new Error(`the API does not answer: ${text.slice(0, 300)}`);
  return time;
}

const year = { from: '2025-11', to: '2026-10' };

/** The first answer of a process, and those after it: twelve months, or any range of them. */
async function timesOf(handler: Handler, question: string, range: (turn: number) => Range) {
  const first = await answered(handler, question, year);
  const times: number[] = [];
  for (let turn = 0; turn < rounds; turn += 1) times.push(await answered(handler, question, range(turn)));
  return { first, times };
}

/** Publishes what is not published yet. @returns figures of the months that were, none when all of them had been */
async function released({ owner, worker }: ReadDatabase, analytics: Analytics, { from, to }: Range, say: Say): Promise<Figure[]> {
  const { rows } = await owner.query<{ month: string }>(sql`select to_char(month, 'YYYY-MM') as month from metric_month`);
  const open = monthsFrom(from, to).filter((month) => !rows.some((one) => one.month === month));
  if (open.length === 0) return [];
  await noteFilled(owner, analytics);
  const times = await publishAll(worker, analytics, open);
  say(`${times.length} months published in ${times.reduce((sum, time) => sum + time, 0).toFixed(1)} s`);
  const tables = plannedTables(ownCatalog()).length;
  return [
    figure(`a month released as the workflow does it, all ${tables} tables, median`, percentile(times, 0.5), 's'),
    figure('the slowest of them, with the months before it to be settled', Math.max(...times), 's'),
  ];
}

/** Publishes the months alone. @param kept folder of the PostgreSQL that keeps them */
export async function publishFigures(analytics: Analytics, range: Range, say: Say, kept?: string): Promise<Figure[]> {
  const database = await startReadDatabase(kept);
  try {
    return await released(database, analytics, range, say);
  } finally {
    await database.stop();
  }
}

/** One question's times through a pool of its own, so that nothing was read through it yet. */
async function askedOf(database: ReadDatabase, analytics: Analytics, [name, question]: Question): Promise<Figure[]> {
  const reader = openDatabase(database.readerUrl);
  const handler = createGraphqlHandler({
    reader,
    accessor: database.accessor,
    analytics,
    log: createLog(),
    viewerOf: () => Promise.resolve({ subject: 'bench', roles: ['analyst'] }),
    development: true,
  });
  const whole = await timesOf(handler, question, () => year);
  const any = await timesOf(handler, question, (turn) => ranges[(turn * 31) % ranges.length] ?? year);
  await reader.end();
  const shares = (
    [
      ['12 months', whole],
      ['any range', any],
    ] as const
  ).flatMap(([what, { times }]) =>
    [0.5, 0.99].map((share) => figure(`API: ${name}, ${what}, p${share * 100}`, percentile(times, share), 'ms')),
  );
  return [figure(`API: ${name}, first answer`, whole.first, 'ms'), ...shares];
}

/** How fast published figures are read: GraphQL, one question after another, over everything released of the given months. */
export async function measureMetricsApi(analytics: Analytics, range: Range, say: Say, kept?: string): Promise<Figure[]> {
  const database = await startReadDatabase(kept);
  try {
    const figures = await released(database, analytics, range, say);
    for (const question of questions) {
      figures.push(...(await askedOf(database, analytics, question)));
      say(`metrics: ${question[0]} asked, load ${loadavg()[0]?.toFixed(1)}`);
    }
    return figures;
  } finally {
    await database.stop();
  }
}
