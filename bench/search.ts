import { loadavg } from 'node:os';
import { searchWords } from '../domain/record/normalise/search-words.ts';
import { type Database, sql } from '../store/database.ts';
import { idsByIdentifier, idsByName } from '../store/read/search.ts';
import type { Figure } from './figure.ts';
import { nameStocks, syllables } from './people-names.ts';
import { Random } from './random.ts';
import { percentile, startReadDatabase } from './read-database.ts';

const page = 20_000;
const questions = 1_000;

interface Person {
  readonly id: string;
  readonly name: string;
  readonly words: string;
  readonly email: string;
}

/** Names as skewed as real ones: a few surnames are everywhere, 20,000 are rare. */
function* people(count: number): Generator<Person> {
  const random = new Random(7);
  const stocks = Object.values(nameStocks);
  const given = [...new Set(stocks.flatMap((stock) => stock.given))];
  const common = [...new Set(stocks.flatMap((stock) => stock.family))];
  const invented = () => Array.from({ length: 2 + random.below(3) }, () => random.of(syllables)).join('');
  const rare = Array.from({ length: 20_000 }, invented);
  const family = () =>
    random.chance(0.55)
      ? (common[Math.floor(common.length * random.next() ** 2)] ?? '')
      : (rare[Math.floor(rare.length * random.next() ** 2)] ?? '');
  for (let number = 0; number < count; number += 1) {
    const first = given[Math.floor(given.length * random.next() ** 1.5)] ?? '';
    const name = `${first} ${family()} ${family()}`.trim();
    const id = `0190a000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`;
    yield { id, name, words: searchWords(name), email: `c${number}.${searchWords(first)}@example.org` };
  }
}

async function load(owner: Database, count: number, say: (line: string) => void): Promise<readonly Person[]> {
  await owner.query(sql`insert into linked_system (id, connector, title) values ('bench', 'bench', 'Bench')`);
  const kept: Person[] = [];
  const every = Math.max(1, Math.floor(count / questions));
  let batch: Person[] = [];
  let done = 0;
  const write = async () => {
    const rows = JSON.stringify(batch);
    await owner.query(sql`
      with x as (select * from jsonb_to_recordset(${rows}::jsonb) as x(id uuid, name text, words text, email text)),
      made as (
        insert into client (id, kind, display_name, search_name, golden, country)
        select id, 'person', name, words, jsonb_build_object('emails', jsonb_build_array(email)), 'ES' from x),
      records as (
        insert into source_record (linked_system_id, kind, external_id, raw, canonical, content_hash, stream, seen_run_id, client_id)
        select 'bench', 'person', email, '{}', '{}', '\\x00', 'all', '00000000-0000-0000-0000-000000000000', id from x
        returning id, client_id, external_id)
      insert into client_identifier (kind, value, client_id, source_record_id)
      select 'email', external_id, client_id, id from records`);
    done += batch.length;
    batch = [];
    if (done % 200_000 === 0) say(`search: ${done} clients written`);
  };
  let place = 0;
  for (const person of people(count)) {
    batch.push(person);
    if (place % every === 0 && kept.length < questions) kept.push(person);
    place += 1;
    if (batch.length === page) await write();
  }
  if (batch.length > 0) await write();
  await owner.query(sql`vacuum (analyze) client, client_word, search_word, search_variant, client_identifier`); // as autovacuum does by itself within minutes
  return kept;
}

/** One letter dropped, doubled, changed or swapped with the next one, somewhere in the name. */
function mistype(words: string, random: Random): string {
  const letters = Array.from(words);
  const places = letters.flatMap((letter, place) => (letter === ' ' || place === 0 ? [] : [place]));
  const place = random.of(places);
  const letter = letters[place] ?? '';
  const next = letters[place + 1];
  const kinds = ['drop', 'double', 'change', ...(next === undefined || next === ' ' ? [] : ['swap'])];
  const kind = random.of(kinds);
  const changed =
    kind === 'drop'
      ? []
      : kind === 'double'
        ? [letter, letter]
        : kind === 'change'
          ? [String.fromCodePoint(97 + random.below(26))]
          : [next ?? '', letter];
  return [...letters.slice(0, place), ...changed, ...letters.slice(place + (kind === 'swap' ? 2 : 1))].join('');
}

interface Asked {
  readonly ms: readonly number[];
  readonly hits: number;
}

async function askAll(
  all: readonly Person[],
  ask: (person: Person) => Promise<readonly string[]>,
  isHit: (person: Person, ids: readonly string[]) => Promise<boolean>,
): Promise<Asked> {
  const ms: number[] = [];
  let hits = 0;
  for (const person of all) {
    const start = performance.now();
    const ids = await ask(person);
    ms.push(performance.now() - start);
    if (await isHit(person, ids)) hits += 1;
  }
  return { ms, hits: hits / all.length };
}

/** The search box over many clients: FICHA_BENCH_CLIENTS of them, a million when not set. One connection after another, as one user types. */
export async function benchSearch(say: (line: string) => void): Promise<readonly Figure[]> {
  const count = Number(process.env['FICHA_BENCH_CLIENTS'] ?? 1_000_000);
  const database = await startReadDatabase();
  try {
    const started = performance.now();
    const asked = await load(database.owner, count, say);
    const { reader } = database;
    say(
      `search: ${count} clients in ${Math.round((performance.now() - started) / 1000)} s; load of the machine ${loadavg()[0]?.toFixed(1)}`,
    );
    const random = new Random(11);
    const named = async (person: Person, ids: readonly string[]) => {
      const { rows } = await reader.query<{ readonly name: string }>(
        sql`select search_name as name from client where id = any(${ids.slice(0, 10)}::uuid[])`,
      );
      return rows.some(({ name }) => name === person.words);
    };
    const prefix = ({ words }: Person) => {
      const parts = words.split(' ');
      const take = (word: string | undefined) => (word ?? '').slice(0, 3 + random.below(3));
      return random.chance(0.5) ? `${take(parts[0])} ${take(parts.at(-1))}` : `${parts[0]} ${take(parts[1])}`;
    };
    const warm = asked.slice(0, 100);
    await askAll(
      warm,
      (person) => idsByName(reader, mistype(person.words, random), 10),
      async () => true,
    );
    await askAll(
      warm,
      ({ email }) => idsByIdentifier(reader, [{ kind: 'email', value: email }]),
      async () => true,
    );
    const runs: readonly (readonly [string, Asked])[] = [
      [
        'identifier',
        await askAll(
          asked,
          ({ email }) => idsByIdentifier(reader, [{ kind: 'email', value: email }]),
          async ({ id }, ids) => ids[0] === id,
        ),
      ],
      [
        'prefix of two words',
        await askAll(
          asked,
          (person) => idsByName(reader, prefix(person), 10),
          async (_person, ids) => ids.length > 0,
        ),
      ],
      [
        'full name, words turned round',
        await askAll(asked, ({ words }) => idsByName(reader, words.split(' ').toReversed().join(' '), 10), named),
      ],
      ['full name with one typo', await askAll(asked, (person) => idsByName(reader, mistype(person.words, random), 10), named)],
    ];
    return runs.flatMap(([name, { ms, hits }]) => [
      figure(`${name}, p50`, percentile(ms, 0.5), 'ms'),
      figure(`${name}, p99`, percentile(ms, 0.99), 'ms'),
      figure(`${name}, found in the first 10`, hits * 100, '%'),
    ]);
  } finally {
    await database.stop();
  }
}

const figure = (name: string, value: number, unit: string): Figure => ({
  name,
  value: Number(value.toFixed(2)),
  unit,
  peer: null,
  ratio: null,
});
