import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../test/support/postgres.ts';
import { type Db, sql } from '../database.ts';
import { createReleasedLedger } from './released-ledger.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  for (const month of ['2026-01', '2026-02', '2026-03']) for (const metric of ['clients', 'orders']) await publish(metric, month);
});
afterAll(() => database.drop());

/** Three cells by country, the way a release leaves them. */
async function publish(metric: string, month: string): Promise<void> {
  await database.owner.query(sql`
    insert into metric_month (month, budget_micro, parameters) values (${`${month}-01`}, 2000000, '{}') on conflict do nothing`);
  await database.owner.query(sql`
    with made as (
      insert into released_table (month, metric, dimensions, clamp, epsilon_micro, scale)
      values (${`${month}-01`}, ${metric}, '{country}', 1, 1000, 9.5) returning id)
    insert into released_cell (table_id, place, cell, kind, value, scale)
    select id, place, cell::text[], kind, value, 9.5
      from made, (values (0, '{ES}', 'cell', 900), (1, '{IT}', 'cell', null), (2, '{}', 'other', 40)) c (place, cell, kind, value)`);
}

/** The reader's pool, counting what is asked of it. */
function counting(): { readonly db: Db; readonly asked: () => number } {
  let asked = 0;
  const db: Db = {
    query: (statement) => {
      asked += 1;
      return database.reader.query(statement);
    },
  };
  return { db, asked: () => asked };
}

const wanted = (from: string, to: string) => ({ metrics: ['clients', 'orders'], dimensions: ['country'], from, to });

test('a published table is read once, and answers every range that it lies in as the database does', async () => {
  const { db, asked } = counting();
  const ledger = createReleasedLedger(db);
  const first = await ledger(wanted('2026-01', '2026-03'));
  expect(first.map(({ metric, month }) => `${month} ${metric}`)).toEqual([
    '2026-01 clients',
    '2026-01 orders',
    '2026-02 clients',
    '2026-02 orders',
    '2026-03 clients',
    '2026-03 orders',
  ]);
  expect(first[0]?.cells).toEqual([
    { metric: 'clients', month: '2026-01', cell: ['ES'], kind: 'cell', value: 900, scale: 9.5 },
    { metric: 'clients', month: '2026-01', cell: ['IT'], kind: 'cell', value: null, scale: 9.5 },
    { metric: 'clients', month: '2026-01', cell: [], kind: 'other', value: 40, scale: 9.5 },
  ]);
  expect(await ledger(wanted('2026-02', '2026-02'))).toEqual(first.slice(2, 4));
  expect(await ledger({ ...wanted('2026-01', '2026-02'), metrics: ['orders'] })).toEqual([first[1], first[3]]);
  expect(asked()).toBe(1);
});

test('a month that was not published when it was first asked for is seen as soon as it is', async () => {
  const { db, asked } = counting();
  const ledger = createReleasedLedger(db);
  const months = async () => (await ledger(wanted('2026-03', '2026-04'))).map(({ metric, month }) => `${month} ${metric}`);
  expect(await months()).toEqual(['2026-03 clients', '2026-03 orders']);
  await publish('clients', '2026-04');
  expect(await months()).toEqual(['2026-03 clients', '2026-03 orders', '2026-04 clients']);
  await publish('orders', '2026-04');
  expect(await months()).toHaveLength(4);
  expect(asked()).toBe(3);
  expect(await months()).toHaveLength(4);
  expect(asked()).toBe(3);
});

test('the tables not asked for longest are let go when all of them are too large, and read again', async () => {
  const { db, asked } = counting();
  const ledger = createReleasedLedger(db, 3 * 3 * 120); // three tables of three cells
  const january = { ...wanted('2026-01', '2026-01'), metrics: ['clients'] };
  await ledger(january);
  await ledger({ ...wanted('2026-02', '2026-03'), metrics: ['clients'] });
  expect(asked()).toBe(2);
  await ledger(january);
  expect(asked()).toBe(2);
  await ledger({ ...wanted('2026-01', '2026-01'), metrics: ['orders'] }); // February goes: January was asked for since
  await ledger(january);
  expect(asked()).toBe(3);
  expect(await ledger({ ...wanted('2026-02', '2026-02'), metrics: ['clients'] })).toHaveLength(1);
  expect(asked()).toBe(4);
});
