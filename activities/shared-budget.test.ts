import { afterAll, beforeAll, expect, test } from 'vitest';
import { budgetRules } from '../connectors/kit/budget-rules.ts';
import { connectorOf } from '../connectors/kit/connector.ts';
import { createLimiter, type Limiter } from '../connectors/kit/limiter.ts';
import { parseManifest } from '../connectors/kit/manifest.ts';
import { openLinked } from '../runtime/connector-tools.ts';
import { type Database, openDatabase, sql } from '../store/database.ts';
import { saveLinkedSystem } from '../store/write/linked-systems.ts';
import { exchangeToken } from '../store/write/connector-tokens.ts';
import { sharedRateBudget } from '../store/write/rate-budget.ts';
import { testKeyRing } from '../test/support/keys.ts';
import { manyPeopleManifest, startManyPeople } from '../test/support/many-people.ts';
import { type TestDatabase, testDatabase } from '../test/support/postgres.ts';
import { buildOpenSystem, sharedByAll } from './open-system.ts';

let database: TestDatabase;
const pools: Database[] = [];
beforeAll(async () => {
  database = await testDatabase();
  for (let worker = 0; worker < 4; worker += 1) pools.push(openDatabase(database.urls.worker, { max: 2 }));
});
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.end()));
  await database.drop();
});

const call = { method: 'GET' } as const;

/** Four workers with a pool and a limiter of their own, on one budget. */
async function workers(systemId: string, limits: Parameters<typeof budgetRules>[0]): Promise<readonly Limiter[]> {
  await saveLinkedSystem(database.worker, { id: systemId, connector: 'probe', title: systemId, config: {} });
  const rules = budgetRules(limits, {});
  return pools.map((pool) => createLimiter(rules, sharedRateBudget(pool, systemId, rules, 30_000)));
}

test('four workers together never pass a window', async () => {
  const most = 40;
  const windowMs = 2_000;
  const limiters = await workers('windowed', [{ window: `${most}/2s` }]);
  const starts: number[] = [];
  const end = performance.now() + windowMs * 3;
  const signal = AbortSignal.timeout(windowMs * 3);
  await Promise.all(
    limiters.flatMap((limiter) =>
      [0, 1].map(async () => {
        while (performance.now() < end) {
          const release = await limiter.take(signal, call).catch(() => undefined);
          if (release === undefined) return;
          starts.push(performance.now());
          release();
        }
      }),
    ),
  );
  starts.sort((one, other) => one - other);
  for (const [index, start] of starts.entries())
    expect((starts[index + most] ?? Number.POSITIVE_INFINITY) - start).toBeGreaterThanOrEqual(windowMs);
});

test('a window that is used up is free again in less than 105 % of its time, so that 95 % of it is used', async () => {
  await saveLinkedSystem(database.worker, { id: 'used', connector: 'probe', title: 'used', config: {} });
  const windowMs = 600_000;
  const budget = sharedRateBudget(database.worker, 'used', [{ name: 'window-0', most: 10, windowMs }], 30_000);
  for (let start = 0; start < 10; start += 1) expect(await budget.ask([1])).toHaveProperty('lease');
  const answer = await budget.ask([1]);
  const waitMs = 'waitMs' in answer ? answer.waitMs : 0;
  expect(waitMs).toBeGreaterThanOrEqual(windowMs - 60_000);
  expect(waitMs / windowMs).toBeLessThanOrEqual(1 / 0.95);
});

test('calls at once are counted over all workers; a dead worker gives its place back', async () => {
  const limiters = await workers('placed', [{ concurrency: 3 }]);
  let running = 0;
  let most = 0;
  const signal = new AbortController().signal;
  await Promise.all(
    Array.from({ length: 24 }, async (_, index) => {
      const release = await limiters[index % 4]?.take(signal, call);
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 10));
      running -= 1;
      release?.();
    }),
  );
  expect(most).toBe(3);
  await database.worker.query(sql`
    insert into rate_place (lease, linked_system_id, rule, ends_at)
    select gen_random_uuid(), 'placed', 'places-0', now() - interval '1 s' from generate_series(1, 3)`);
  const release = await limiters[0]?.take(AbortSignal.timeout(5_000), call);
  release?.();
});

test('credits are counted by cost, and a pause that one worker is told holds for all', async () => {
  const rules = budgetRules([{ window: '100/h', credits: true }], {});
  await saveLinkedSystem(database.worker, { id: 'credited', connector: 'probe', title: 'credited', config: {} });
  const [one, other] = pools.map((pool) => sharedRateBudget(pool, 'credited', rules, 1_000));
  expect(await one?.ask([60])).toHaveProperty('lease');
  expect(await other?.ask([60])).toHaveProperty('waitMs');
  expect(await other?.ask([40])).toHaveProperty('lease');
  const paused = await workers('paused', [{ window: '100/s' }]);
  await paused[0]?.pauseFor(60_000);
  await expect(paused[1]?.take(AbortSignal.timeout(300), call)).rejects.toThrow();
});

test('what the API opens, to check or to send, takes of the budget that the workers have', async () => {
  const vendor = await startManyPeople(10);
  try {
    const manifest = parseManifest(manyPeopleManifest(5, 'limits: [{ window: 100/h }]'), 'probe');
    const config = { url: vendor.url };
    await saveLinkedSystem(database.worker, { id: 'both', connector: 'probe', title: 'both', config });
    const connectors = new Map([['probe', connectorOf(manifest)]]);
    const used = async (): Promise<number> => {
      const { rows } = await database.worker.query<{ readonly used: string }>(
        sql`select coalesce(sum(used), 0) as used from rate_use where linked_system_id = 'both'`,
      );
      return Number(rows[0]?.used);
    };
    const now = (): Date => new Date();
    const ways = [
      () => buildOpenSystem({ db: database.worker, connectors, now })('both'),
      () => openLinked(connectors, { id: 'both', connector: 'probe', config }, now, sharedByAll(database.worker)),
    ];
    for (const open of ways) {
      const before = [await used(), (await vendor.ledger()).length] as const;
      for await (const _ of (await open()).pull('person', null)) break;
      const after = [await used(), (await vendor.ledger()).length] as const;
      expect(after).toEqual([before[0] + 1, before[1] + 1]);
    }
  } finally {
    vendor.stop();
  }
});

test('a token is made by one of many workers, and lies sealed', async () => {
  const keys = testKeyRing();
  let made = 0;
  const tokens = await Promise.all(
    pools.map((pool) =>
      exchangeToken<{ readonly value: string }>(pool, keys, 'mailer/one', async (kept) => {
        if (kept !== undefined) return kept;
        made += 1;
        await new Promise((resolve) => setTimeout(resolve, 20));
        return { value: 'canary-token' };
      }),
    ),
  );
  expect(made).toBe(1);
  expect(tokens.map(({ value }) => value)).toEqual(['canary-token', 'canary-token', 'canary-token', 'canary-token']);
  const { rows } = await database.worker.query<{ readonly all: string }>(sql`
    select string_agg(encode(name, 'escape') || encode(sealed, 'escape'), '') as all from connector_token`);
  expect(rows[0]?.all).not.toMatch(/canary|mailer/);
});
