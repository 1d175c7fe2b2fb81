import { fc, test as property } from '@fast-check/vitest';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../test/support/postgres.ts';
import { openDatabase, sql } from './database.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
  await db.owner.query(
    sql`create table probe (id int primary key, name text check (name <> 'forbidden'), at timestamptz, day date)`,
  );
  await db.owner.query(sql`grant all on probe to ficha_worker`);
});
afterAll(() => db.drop());

const failure = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: Error) => error,
  );
const everything = (error: unknown): string =>
  JSON.stringify(error, (_, value: unknown) =>
    value instanceof Error ? [Object.entries(value), value.message, value.stack, value.cause] : value,
  );

test('times come back as ISO text with milliseconds, days as days, big numbers as text, accents as written', async () => {
  const { rows } = await db.worker.query(sql`
    select timestamptz '2026-03-01 09:05:06.123987+02' as at, timestamptz '2026-03-01 00:00:00Z' as whole, null::timestamptz as never,
           array[timestamptz '2026-03-01 00:00:00.5Z', null] as times, date '2026-02-28' as day, 9007199254740993::bigint as big,
           '{"a": [1]}'::jsonb as json, '\\x00ff'::bytea as bytes, lower('ÑÚÈŒ') as lower, ${'Ñandú €'}::text as text`);
  expect(rows[0]).toEqual({
    at: '2026-03-01T07:05:06.123Z',
    whole: '2026-03-01T00:00:00.000Z',
    never: null,
    times: ['2026-03-01T00:00:00.500Z', null],
    day: '2026-02-28',
    big: '9007199254740993',
    json: { a: [1] },
    bytes: Buffer.of(0, 255),
    lower: 'ñúèœ',
    text: 'Ñandú €',
  });
});

property.prop([fc.date({ noInvalidDate: true, min: new Date('1900-01-01'), max: new Date('2200-01-01') })], { numRuns: 30 })(
  'a time goes in and comes out as the same text',
  async (date) => {
    const { rows } = await db.worker.query<{ at: string }>(sql`select ${date.toISOString()}::timestamptz as at`);
    expect(rows[0]?.at).toBe(date.toISOString());
  },
);

test('a transaction commits whole or not at all, and its handle dies with it', async () => {
  const kept = await db.worker.transaction(async (tx) => {
    await tx.query(sql`insert into probe (id) values (1)`);
    return tx;
  });
  await expect(kept.query(sql`select 1`)).rejects.toThrow(/transaction-over/);
  const stop = new Error('stop');
  const broken = db.worker.transaction(async (tx) => {
    await tx.query(sql`insert into probe (id) values (2)`);
    throw stop;
  });
  expect(await failure(broken)).toBe(stop);
  expect((await db.worker.query(sql`select id from probe where id in (1, 2)`)).rows).toEqual([{ id: 1 }]);
});

property.prop([fc.emailAddress(), fc.constantFrom('duplicate', 'check', 'cast', 'long', 'json')], { numRuns: 25 })(
  'no error of the database carries a value of a row',
  async (secret, fault) => {
    await db.worker.query(
      sql`insert into probe (id, name) values (77, ${secret}) on conflict (id) do update set name = excluded.name`,
    );
    const faults = {
      duplicate: sql`insert into client_alias (alias_id, client_id) select ${secret}::uuid, ${secret}::uuid`,
      check: sql`update probe set id = 77 / (id - id), name = ${secret}`,
      cast: sql`select ${secret}::int`,
      long: sql`select ${secret}::varchar(2)::date`,
      json: sql`select ${`{"${secret}`}::jsonb`,
    };
    const error = await failure(db.worker.query(faults[fault as keyof typeof faults]));
    expect(error).toMatchObject({ name: 'DatabaseError', code: 'database-error' });
    expect(everything(error)).not.toContain(secret);
  },
);

test('a duplicate, a broken check and a missing reference name the constraint only', async () => {
  await db.worker.query(sql`insert into probe (id, name) values (50, 'ana@example.es')`);
  const duplicate = await failure(db.worker.query(sql`insert into probe (id, name) values (50, 'ana@example.es')`));
  expect(duplicate).toMatchObject({ code: 'database-duplicate', retry: 'never', constraint: 'probe_pkey' });
  const check = await failure(db.worker.query(sql`insert into probe (id, name) values (51, 'forbidden')`));
  expect(check).toMatchObject({ code: 'database-check-violated', constraint: 'probe_name_check' });
  const reference = await failure(
    db.worker.query(sql`insert into sync_run (linked_system_id, mode) values ('absent-one', 'full')`),
  );
  expect(reference).toMatchObject({ code: 'database-missing-reference' });
  expect([duplicate, check, reference].map(everything).join()).not.toMatch(/ana@|forbidden|absent-one/);
});

test('a statement that takes too long is stopped, and a retry may help', async () => {
  const hasty = openDatabase(db.urls.worker, { statementTimeoutMs: 50, max: 1 });
  expect(await failure(hasty.query(sql`select pg_sleep(5)`))).toMatchObject({ code: 'database-timeout', retry: 'later' });
  await hasty.end();
});

test('a database that is not there, or that refuses the password, says so without its URL', async () => {
  const absent = openDatabase('postgres://u:hunter2@127.0.0.1:9/x', { max: 1 });
  const gone = await failure(absent.query(sql`select 1`));
  expect(gone).toMatchObject({ code: 'database-unreachable', retry: 'later' });
  const url = new URL(db.urls.worker);
  url.password = 'hunter2';
  const wrong = openDatabase(url.href, { max: 1 });
  const refused = await failure(wrong.query(sql`select 1`));
  expect(refused).toMatchObject({ code: 'database-sign-in-refused', retry: 'never' });
  expect(everything(gone) + everything(refused)).not.toContain('hunter2');
  await Promise.all([absent.end(), wrong.end()]);
});

test('after the server cut every connection the next statements work again', async () => {
  const pool = openDatabase(db.urls.worker, { max: 3, applicationName: 'to-be-cut' });
  await Promise.all([1, 2, 3].map(() => pool.query(sql`select pg_sleep(0.05)`)));
  await db.worker.query(sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'to-be-cut'`);
  await new Promise((done) => setTimeout(done, 100));
  expect((await pool.query(sql`select 1 as one`)).rows).toEqual([{ one: 1 }]);
  await pool.end();
});

test('a connection cut between two statements of a transaction fails that transaction, not the process', async () => {
  const pool = openDatabase(db.urls.worker, { max: 1, applicationName: 'cut-in-transaction' });
  const cut = failure(
    pool.transaction(async (tx) => {
      await tx.query(sql`select 1`);
      await db.worker.query(
        sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'cut-in-transaction'`,
      );
      await new Promise((done) => setTimeout(done, 100)); // here nobody waits for an answer: the break is an event alone
      await tx.query(sql`select 2`);
    }),
  );
  expect(await cut).toMatchObject({ code: 'database-unreachable', retry: 'later' });
  expect((await pool.query(sql`select 1 as one`)).rows).toEqual([{ one: 1 }]);
  await pool.end();
});
