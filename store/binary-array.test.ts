import { fc, test } from '@fast-check/vitest';
import { afterAll, beforeAll, expect } from 'vitest';
import { type TestDatabase, testDatabase } from '../test/support/postgres.ts';
import { bigints, bytes, jsons, reals, texts, uuids } from './binary-array.ts';
import { sql } from './database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

const storable = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0'));

test.prop([fc.array(fc.option(storable))], { numRuns: 200 })('texts arrive as they are', async (items) => {
  const { rows } = await database.reader.query(sql`select ${texts(items)}::text[] as items`);
  expect(rows).toEqual([{ items }]);
});

test.prop([fc.array(fc.jsonValue({ stringUnit: 'grapheme', maxDepth: 3 }))], { numRuns: 200 })(
  'JSON arrives as it is',
  async (given) => {
    const items = JSON.parse(JSON.stringify(given).replaceAll('\\u0000', '')) as unknown[]; // jsonb holds no U+0000
    const written = items.map((item) => JSON.stringify(item));
    const { rows } = await database.reader.query(sql`select to_jsonb(${jsons(written)}::jsonb[]) as items`);
    expect(rows).toEqual([{ items }]);
  },
);

test.prop([fc.array(fc.uint8Array({ maxLength: 40 }))], { numRuns: 200 })('bytes arrive as they are', async (given) => {
  const items = given.map((item) => Buffer.from(item));
  const { rows } = await database.reader.query(sql`select ${bytes(items)}::bytea[] as items`);
  expect(rows).toEqual([{ items }]);
});

const widest = { min: -(2n ** 63n), max: 2n ** 63n - 1n };
test.prop([fc.array(fc.option(fc.bigInt(widest)))], { numRuns: 200 })('whole numbers arrive as they are', async (given) => {
  const items = given.map((item) => item?.toString() ?? null);
  const { rows } = await database.reader.query(sql`select ${bigints(items)}::bigint[]::text[] as items`);
  expect(rows).toEqual([{ items }]);
});

test.prop([fc.array(fc.option(fc.float({ noNaN: true, noDefaultInfinity: true })))], { numRuns: 100 })(
  'fractions arrive as they are',
  async (given) => {
    const items = given.map((item) => (item === 0 ? 0 : item)); // there is no -0 in JSON
    const { rows } = await database.reader.query(sql`select to_jsonb(${reals(items)}::real[]::float8[]) as items`);
    expect(rows).toEqual([{ items }]);
  },
);

test.prop([fc.array(fc.option(fc.uuid()))], { numRuns: 100 })('ids arrive as they are', async (items) => {
  const { rows } = await database.reader.query(sql`select ${uuids(items)}::uuid[]::text[] as items`);
  expect(rows).toEqual([{ items }]);
});
