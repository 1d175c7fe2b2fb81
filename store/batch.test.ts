import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../test/support/postgres.ts';
import { openDatabase, prepared, sql } from './database.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
  await db.owner.query(
    sql`create table handed (id int primary key, filling text check (filling <> 'forbidden'), placed int generated always as identity)`,
  );
  await db.owner.query(sql`grant all on handed to ficha_worker`);
});
afterAll(() => db.drop());
beforeEach(() => db.owner.query(sql`truncate handed`));

const ids = async (): Promise<readonly unknown[]> => (await db.worker.query(sql`select id from handed order by placed`)).rows;

test('what may wait is done in its order, before what is asked next and before the commit', async () => {
  const seen = await db.worker.transaction(async (tx) => {
    tx.later(sql`insert into handed (id) values (3)`);
    tx.later(sql`insert into handed (id) values (1)`);
    const { rows, rowCount } = await tx.query(
      sql`select id, timestamptz '2026-03-01 00:00:00Z' as at from handed order by placed`,
    );
    tx.later(sql`update handed set id = 2 where id = 1`);
    return { rows, rowCount };
  });
  const at = '2026-03-01T00:00:00.000Z';
  expect(seen).toEqual({
    rows: [
      { id: 3, at },
      { id: 1, at },
    ],
    rowCount: 2,
  });
  expect(await ids()).toEqual([{ id: 3 }, { id: 2 }]);
});

test.each(['asked', 'committed'])(
  'what waits and fails takes the transaction along when it is %s, and names no value',
  async (end) => {
    const one = openDatabase(db.urls.worker, { max: 1 }); // the next transaction has the same connection
    const add = (id: number, filling: string) =>
      prepared('handed-add', sql`insert into handed (id, filling) values (${id}, ${filling})`);
    const failed = one.transaction(async (tx) => {
      tx.later(add(1, 'kept'));
      tx.later(add(2, 'forbidden'));
      tx.later(prepared('handed-never', sql`insert into handed (id) values (${3})`));
      if (end === 'asked') await tx.query(sql`select 1`);
    });
    await expect(failed).rejects.toMatchObject({ code: 'database-check-violated', constraint: 'handed_filling_check' });
    await expect(failed).rejects.not.toThrow(/forbidden/);
    expect(await ids()).toEqual([]);
    await one.transaction((tx) => {
      tx.later(add(4, 'kept')); // its plan is there, that of the statement which was never reached is not
      tx.later(prepared('handed-never', sql`insert into handed (id) values (${5})`));
      return Promise.resolve();
    });
    await one.end();
    expect(await ids()).toEqual([{ id: 4 }, { id: 5 }]);
  },
);

test('a value that cannot be sent fails the transaction and costs its connection, no more', async () => {
  const one = openDatabase(db.urls.worker, { max: 1 });
  const round: { itself?: unknown } = {};
  round.itself = round;
  const failed = one.transaction(async (tx) => {
    tx.later(sql`insert into handed (id) values (${1})`);
    await tx.query(sql`select ${round}::jsonb`);
  });
  await expect(failed).rejects.toThrow(Error);
  expect((await one.query(sql`select id from handed`)).rows).toEqual([]);
  await one.end();
});

test('nothing can be put off in a transaction that ended', async () => {
  const tx = await db.worker.transaction((one) => Promise.resolve(one));
  expect(() => tx.later(sql`insert into handed (id) values (1)`)).toThrow(/transaction-over/);
});

test('a process that is killed once its transaction is handed over has done all of it', async () => {
  const program = fileURLToPath(new URL('../test/support/handed-over-process.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', program, db.urls.worker], { stdio: 'inherit' });
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
  expect(signal).toBe('SIGKILL');
  expect(await ids()).toEqual([]); // PostgreSQL is at it
  await expect.poll(ids, { timeout: 10_000 }).toEqual([{ id: 1 }]);
});
