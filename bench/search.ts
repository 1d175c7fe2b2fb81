import { loadavg } from 'node:os';
import { type Database, sql } from '../store/database.ts';
import { idsByIdentifier, idsByName } from '../store/read/search.ts';
import type { Figure } from './figure.ts';
import { Random } from './random.ts';
import { percentile, startReadDatabase } from './read-database.ts';
import { loadPeople, type Person } from './search-people.ts';

const rounds = 5;

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

/** One way of asking, and whether what came back is who was meant. */
interface Way {
  readonly name: string;
  readonly ask: (person: Person) => Promise<readonly string[]>;
  readonly isHit: (person: Person, ids: readonly string[]) => Promise<boolean>;
}

interface Asked {
  readonly p50: number;
  readonly p99: number;
  readonly hits: number;
}

async function askAll(all: readonly Person[], { ask, isHit }: Way): Promise<Asked> {
  const ms: number[] = [];
  let hits = 0;
  for (const person of all) {
    const start = performance.now();
    const ids = await ask(person);
    ms.push(performance.now() - start);
    if (await isHit(person, ids)) hits += 1;
  }
  return { p50: percentile(ms, 0.5), p99: percentile(ms, 0.99), hits: hits / all.length };
}

function waysOf(reader: Database, random: Random): readonly Way[] {
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
  return [
    {
      name: 'select 1, what this machine takes for nothing',
      ask: async () => (await reader.query({ name: 'nothing', text: 'select 1', values: [] })).rows.map(String),
      isHit: async () => true,
    },
    {
      name: 'identifier',
      ask: ({ email }) => idsByIdentifier(reader, [{ kind: 'email', value: email }]),
      isHit: async ({ id }, ids) => ids[0] === id,
    },
    {
      name: 'prefix of two words',
      ask: (person) => idsByName(reader, prefix(person), 10),
      isHit: async (_person, ids) => ids.length > 0,
    },
    {
      name: 'full name, words turned round',
      ask: ({ words }) => idsByName(reader, words.split(' ').toReversed().join(' '), 10),
      isHit: named,
    },
    { name: 'full name with one typo', ask: (person) => idsByName(reader, mistype(person.words, random), 10), isHit: named },
  ];
}

/** The round that the machine disturbed least, and the hits of all rounds. */
function bestOf(all: readonly Asked[]): Asked {
  const best = all.reduce((one, other) => (other.p99 < one.p99 ? other : one));
  return { ...best, hits: all.reduce((sum, { hits }) => sum + hits, 0) / all.length };
}

/**
 * The search box over many clients, one connection, one question after another, as one user types. Every round asks each way a thousand
 * questions; round 0 warms up, and of the others the one with the lowest p99 counts.
 * @param count clients
 * @param data folder that keeps them for the next run; one that goes away when left out
 */
export async function benchSearch(say: (line: string) => void, count = 1_000_000, data?: string): Promise<readonly Figure[]> {
  const database = await startReadDatabase(data);
  try {
    const started = performance.now();
    const asked = await loadPeople(database.owner, count, say);
    say(`search: ${count} clients in ${Math.round((performance.now() - started) / 1000)} s`);
    const ways = waysOf(database.reader, new Random(11));
    const all = new Map<Way, Asked[]>(ways.map((way) => [way, []]));
    for (let round = 0; round <= rounds; round += 1) {
      for (const way of ways) {
        const one = await askAll(asked, way);
        if (round > 0) all.get(way)?.push(one);
        say(
          `search: round ${round}, ${way.name}: p50 ${one.p50.toFixed(2)}, p99 ${one.p99.toFixed(2)} ms, load ${loadavg()[0]?.toFixed(1)}`,
        );
      }
    }
    return [...all].flatMap(([{ name }, each]) => {
      const { p50, p99, hits } = bestOf(each);
      const found = name.startsWith('select') ? [] : [figure(`${name}, found in the first 10`, hits * 100, '%')];
      return [figure(`${name}, p50`, p50, 'ms'), figure(`${name}, p99`, p99, 'ms'), ...found];
    });
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
