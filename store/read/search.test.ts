import { fc, test as property } from '@fast-check/vitest';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { typosOf } from '../../domain/record/typo.ts';
import { anaAlias, people, seedPeople } from '../../test/support/read-people.ts';
import { type TestDatabase, testDatabase } from '../../test/support/postgres.ts';
import { type Db, sql } from '../database.ts';
import { idsByEmailPrefix, idsByName } from './search.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  await seedPeople(database.worker);
});
afterAll(() => database.drop());

const wordsInUse = async (db: Db = database.owner) =>
  (await db.query<{ readonly word: string; readonly clients: number }>(sql`select word, clients from search_word order by word`))
    .rows;

/** What the word tables must hold: counted from the clients themselves. */
const wordsOfClients = async () =>
  (
    await database.owner.query<{ readonly word: string; readonly clients: number }>(sql`
      select w as word, count(distinct id)::int as clients
        from client cross join lateral unnest(string_to_array(search_name, ' ')) w
       where state = 'active' group by w order by w collate "C"`)
  ).rows;

test.each([
  ['the whole name', 'ana nunez ortega', people.ana],
  ['words in another order', 'ortega ana', people.ana],
  ['beginnings in another order', 'ort nu an', people.ana],
  ['a letter dropped', 'ana nuez ortega', people.ana],
  ['a letter doubled', 'ana nunnez ortega', people.ana],
  ['a letter changed', 'anq nunez ortega', people.ana],
  ['two letters swapped', 'ana nunez otrega', people.ana],
  ['two words mistyped', 'ana nunes ortegs', people.ana],
  ['a word too many', 'ana maria nunez ortega', people.ana],
  ['a company', 'taleres quintana', people.quintana],
])('finds by %s', async (_how, words, id) => {
  expect(await idsByName(database.reader, words, 10)).toContain(id);
});

test('finds nobody who is blocked, restricted or erased, and nothing for nothing', async () => {
  for (const words of ['bruno', 'bloqueado', 'carla restringida', 'dino', 'dimo borado', '', 'zzzz']) {
    expect(await idsByName(database.reader, words, 10), words).toEqual([]);
  }
  expect(await idsByEmailPrefix(database.reader, 'oculto-', 10)).toEqual([]);
  expect(await idsByEmailPrefix(database.reader, 'ana.nu', 10)).toEqual([people.ana]);
});

test('the order does not depend on where the rows lie, so that it is the same after a restore', async () => {
  await database.owner.query(sql`
    insert into client (id, kind, state, display_name, search_name, golden)
    select md5(n::text)::uuid, 'person', 'active', 'Marta Vidal', 'marta vidal ' || chr(97 + n % 7), '{}' from generate_series(1, 30) n`);
  const typed = ['marta', 'vidal mar', 'vidla', 'marta vidla', 'marat vidla'];
  const all = async () => await Promise.all(typed.map((words) => idsByName(database.reader, words, 40)));
  const before = await all();
  expect(before.map((ids) => ids.length)).toEqual(typed.map(() => 30));
  await database.owner.query(sql`update client set updated_at = now() where id < '80000000-0000-0000-0000-000000000000'`);
  expect(await all()).toEqual(before);
});

property.prop([fc.stringMatching(/^[a-z]{4,12}$/), fc.nat(), fc.constantFrom('drop', 'double', 'change', 'swap')])(
  'a word and the same word with one typo share a variant',
  (word, at, how) => {
    const place = at % (word.length - 1);
    const rest = { drop: '', double: `${word[place]}${word[place]}`, change: 'x', swap: `${word[place + 1]}${word[place]}` }[how];
    const typo = word.slice(0, place) + rest + word.slice(place + (how === 'swap' ? 2 : 1));
    expect(typosOf(word).some((variant) => typosOf(typo).includes(variant))).toBe(true);
  },
);

const step = fc.record({
  kind: fc.constantFrom('add', 'rename', 'block', 'free', 'remove'),
  who: fc.nat({ max: 5 }),
  words: fc.array(fc.constantFrom('eva', 'luz', 'sol', 'mar', 'paz', 'rarisima'), { minLength: 1, maxLength: 3 }),
});

property.prop([fc.array(step, { minLength: 1, maxLength: 12 })], { numRuns: 25 })(
  'whatever happens to clients, the words in use are the words of active clients, counted right; the last one takes its word along',
  async (steps) => {
    const { worker } = database;
    const id = (who: number) => `0190b000-0000-7000-8000-00000000000${who}`;
    for (const { kind, who, words } of steps) {
      const name = words.join(' ');
      if (kind === 'add') {
        await worker.query(sql`
          insert into client (id, kind, search_name) values (${id(who)}, 'person', ${name})
          on conflict (id) do update set search_name = excluded.search_name`);
      } else if (kind === 'remove') await worker.query(sql`delete from client where id = ${id(who)}`);
      else if (kind === 'rename') await worker.query(sql`update client set search_name = ${name} where id = ${id(who)}`);
      else await worker.query(sql`update client set state = ${kind === 'block' ? 'blocked' : 'active'} where id = ${id(who)}`);
    }
    expect(await wordsInUse()).toEqual(await wordsOfClients());
    await worker.query(sql`delete from client where id::text like '0190b000%'`);
    expect((await wordsInUse()).map(({ word }) => word)).not.toContain('rarisima');
    const { rows } = await database.owner.query(sql`select from search_variant where word = 'rarisima'`);
    expect(rows).toHaveLength(0);
  },
);

test('an alias is nobody to be found by name', async () => {
  expect(await idsByName(database.reader, 'ana', 10)).not.toContain(anaAlias);
});
