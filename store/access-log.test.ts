import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../test/support/postgres.ts';
import { recordLook } from './access-log.ts';
import { type Db, sql } from './database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

const idOf = (number: number): string => `0190a000-0000-7000-8000-${String(number).padStart(12, '0')}`;
const look = (number: number, actor = `reader-${number}`) => ({
  actor,
  role: 'dpo',
  clientIds: Array.from({ length: (number % 3) + 1 }, (_, place) => idOf(number * 10 + place)),
});
const entries = async () =>
  (
    await database.owner.query<{ readonly actor: string; readonly ids: string[]; readonly purpose: string | null }>(sql`
      select actor, client_ids::text[] as ids, purpose from access_log order by id`)
  ).rows;

/** The accessor, and how many statements it ran. */
function counted(): Db & { readonly count: () => number } {
  let statements = 0;
  return {
    query: (statement) => {
      statements += 1;
      return database.accessor.query(statement);
    },
    count: () => statements,
  };
}

test('looks that come while another is written are written together, each by its own words, and are there when told', async () => {
  const accessor = counted();
  const looks = Array.from({ length: 60 }, (_, number) => look(number));
  await Promise.all(
    looks.map(async (one, place) => {
      await recordLook(accessor, place === 7 ? { ...one, purpose: 'review' } : one);
      expect((await entries()).map(({ actor }) => actor)).toContain(one.actor);
    }),
  );
  expect(accessor.count()).toBeLessThan(10);
  const written = await entries();
  expect(written).toHaveLength(60);
  for (const [place, one] of looks.entries()) {
    expect(written).toContainEqual({ actor: one.actor, ids: one.clientIds, purpose: place === 7 ? 'review' : null });
  }
  await recordLook(accessor, { ...look(0), clientIds: [] });
  expect(await entries()).toHaveLength(60);
});

test('an entry that cannot be written fails alone; those beside it are written once', async () => {
  const before = (await entries()).length;
  const actors = ['first', 'good-1', 'bad\u0000', 'good-2', 'good-3'];
  const accessor = counted();
  const outcomes = await Promise.allSettled(actors.map((actor, number) => recordLook(accessor, look(number, actor))));
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
  expect((await entries()).slice(before).map(({ actor }) => actor)).toEqual(['first', 'good-1', 'good-2', 'good-3']);
});

test('when nothing can be written, everybody who waits is told at once', async () => {
  let statements = 0;
  const down: Db = {
    query: () => {
      statements += 1;
      return Promise.reject(new Error('no connection'));
    },
  };
  const outcomes = await Promise.allSettled(Array.from({ length: 40 }, (_, number) => recordLook(down, look(number))));
  expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['rejected']));
  expect(statements).toBe(2);
});
