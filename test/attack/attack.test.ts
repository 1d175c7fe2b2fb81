import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ownCatalog } from '../../analytics/catalog.ts';
import { exactTables } from '../../analytics/release.ts';
import { cellsOf, plannedTables, tableName } from '../../domain/metrics/catalog.ts';
import { createGraphqlHandler } from '../../graphql/server.ts';
import { createLog } from '../../platform/log.ts';
import { bearerOf, createTokenIssuer, createTokenVerifier } from '../../platform/token.ts';
import { loadSettings } from '../../platform/settings.ts';
import { testKeyRing } from '../support/keys.ts';
import { type MetricScene, metricScene } from '../support/metric-scene.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { knowsEverybodyElse, leastSquares } from './all-tables.ts';
import {
  acrossMonths,
  advantage,
  type Attack,
  beforeAndAfterErasure,
  differencing,
  equality,
  equivalentQueries,
  repetition,
  totalMinusSiblings,
} from './attacks.ts';
import { plainThreshold } from './plain-threshold.ts';
import { type Target, targetOf } from './target.ts';
import { type DimensionName, tally } from './tally.ts';
import { attackedWorld } from './world.ts';

/** The small form runs with every test; `npm run attack` sets the large one. */
const large = process.env['FICHA_ATTACK'] === 'large';
const clients = 4_000;
const world = attackedWorld(clients, large ? '2023-11' : '2025-11', '2026-10');

/** The same attacks against both. Those that a closed vocabulary ends must gain nothing to speak of. */
const attacks: readonly { readonly name: string; readonly run: Attack; readonly closed: boolean }[] = [
  { name: 'differencing with a free filter', run: differencing, closed: true },
  { name: 'repetition and averaging', run: repetition, closed: true },
  { name: 'equivalent queries', run: equivalentQueries, closed: true },
  { name: 'equality', run: equality, closed: true },
  { name: 'total minus siblings', run: totalMinusSiblings, closed: true },
  { name: 'across months', run: acrossMonths, closed: false },
  { name: 'least squares over every table', run: leastSquares, closed: false },
  { name: 'knows everybody else', run: knowsEverybodyElse, closed: false },
  { name: 'before and after one erasure', run: beforeAndAfterErasure, closed: true },
];

let scene: MetricScene;
let ficha: Target;
let bound: number;

beforeAll(async () => {
  scene = await metricScene(temporaryFolder(), '2026-11-23T12:00:00Z');
  await scene.addClients(world.everybody);
  const events = world.everybody.flatMap((somebody) => somebody.events);
  for (let from = 0; from < events.length; from += 20_000) await scene.addEvents(events.slice(from, from + 20_000));
  await scene.release();
  const keys = testKeyRing();
  const verify = createTokenVerifier(loadSettings({ FICHA_HOME: temporaryFolder() }), keys);
  const { reader, accessor } = scene.database;
  const handler = createGraphqlHandler({
    reader,
    accessor,
    analytics: scene.analytics,
    log: createLog(),
    viewerOf: (request) => verify(bearerOf(request.headers.get('authorization'))),
    development: false,
  });
  const token = (role: 'analyst' | 'dpo') => createTokenIssuer(keys)({ subject: role, roles: [role] }, 3_600);
  ficha = targetOf(handler, await token('analyst'), async (clientIds) => {
    for (const clientId of clientIds) await scene.erase(clientId);
    await scene.release();
  });
  const response = await handler(
    new Request('http://ficha.test/graphql', {
      method: 'POST',
      headers: { authorization: `Bearer ${await token('dpo')}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ metricBudgets(first: 1) { advantageBound spent budget } }' }),
    }),
  );
  const answer = (await response.json()) as {
    readonly data: { readonly metricBudgets: readonly { readonly advantageBound: number }[] };
  };
  bound = answer.data.metricBudgets[0]?.advantageBound ?? 0;
}, 900_000);
afterAll(() => scene.end());

const percent = (value: number): string => value.toFixed(2).padStart(6);

describe('what is released', () => {
  test('are the figures of an oracle that shares no line with the release, before their noise', async () => {
    const month = world.months.at(-2) ?? '';
    const exact = await exactTables(scene.analytics, 1, ownCatalog(), month);
    for (const { metric, dimensions } of plannedTables(ownCatalog())) {
      if (!['clients', 'active-clients', 'orders', 'revenue', 'tickets'].includes(metric)) continue;
      if (!dimensions.every((one) => ['country', 'sector', 'channel'].includes(one))) continue;
      const expected = tally(world, metric, dimensions as readonly DimensionName[], month);
      const figures = exact.get(tableName({ metric, dimensions })) ?? [];
      const found = cellsOf(ownCatalog(), dimensions).map((cell, place) => [cell.join('|'), figures[place]] as const);
      expect(Object.fromEntries(found.filter(([, value]) => value !== 0)), `${metric} by ${dimensions.join()}`).toEqual(
        Object.fromEntries([...expected].filter(([, value]) => value !== 0)),
      );
    }
  });

  test(`is useful at ${clients} clients: the median error of the cells shown by one dimension is at most 5 %`, async () => {
    const errors: number[] = [];
    for (const name of ['CLIENTS', 'ACTIVE_CLIENTS', 'ORDERS', 'REVENUE', 'TICKETS']) {
      for (const by of ['COUNTRY', 'SECTOR', 'CHANNEL'] as const) {
        const cells = await ficha.ask({ name, from: world.months[0] ?? '', to: world.months.at(-1) ?? '', by: [by] });
        const dimension = by.toLowerCase() as DimensionName;
        const metric = name.toLowerCase().replace('_', '-');
        for (const cell of cells === 'refused' ? [] : cells) {
          const truth =
            (tally(world, metric, [dimension], cell.month).get(cell[dimension] ?? '') ?? 0) / (name === 'REVENUE' ? 100 : 1);
          if (cell.value !== null && !cell.rest && truth > 0) errors.push(Math.abs(cell.value - truth) / truth);
        }
      }
    }
    errors.sort((one, other) => one - other);
    const median = errors[Math.floor(errors.length / 2)] ?? 1;
    process.stdout.write(
      `median error of ${errors.length} cells by one dimension at ${clients} clients: ${(100 * median).toFixed(2)} %\n`,
    );
    expect(errors.length).toBeGreaterThan(200);
    expect(median).toBeLessThanOrEqual(0.05);
  });
});

test('every attack gains at most what is declared, next to nothing where the vocabulary ends it, and all of a plain threshold', async () => {
  const plain = plainThreshold(world);
  const plainTarget = targetOf(plain.handler, 'any', plain.erase);
  const lines: string[] = [];
  for (const { name, run, closed } of attacks) {
    const start = performance.now();
    const trials = await run(ficha, world);
    const between = performance.now();
    const own = advantage(trials);
    const theirs = advantage(await run(plainTarget, world));
    const seconds = [between - start, performance.now() - between].map((ms) => `${(ms / 1000).toFixed(0)} s`).join(' and ');
    lines.push(
      `${name.padEnd(32)} ficha ${percent(own)}  plain k=10 ${percent(theirs)}  (${trials.length} guesses in ${seconds})`,
    );
    expect.soft(own, name).toBeLessThanOrEqual(closed ? 0.15 : bound);
    expect.soft(theirs, `${name}, against a plain threshold`).toBeGreaterThanOrEqual(0.9);
  }
  lines.push(`declared bound ${percent(bound)}; ${ficha.asked()} questions asked`);
  process.stdout.write(`${lines.join('\n')}\n`);
}, 1_800_000);
