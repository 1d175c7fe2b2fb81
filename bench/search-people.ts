import { searchWords } from '../domain/record/normalise/search-words.ts';
import { type Database, sql } from '../store/database.ts';
import { nameStocks, syllables } from './people-names.ts';
import { Random } from './random.ts';

const page = 20_000;
const questions = 1_000;

/** A made-up client of the search bench. */
export interface Person {
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

/** Writes so many clients with one e-mail address each, those that are not there yet. @returns a thousand of them, spread evenly */
export async function loadPeople(owner: Database, count: number, say: (line: string) => void): Promise<readonly Person[]> {
  await owner.query(
    sql`insert into linked_system (id, connector, title) values ('bench', 'bench', 'Bench') on conflict do nothing`,
  );
  const { rows } = await owner.query<{ readonly n: string }>(sql`select count(*) as n from client`);
  const there = Number(rows[0]?.n);
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
    if (place >= there) batch.push(person);
    if (place % every === 0 && kept.length < questions) kept.push(person);
    place += 1;
    if (batch.length === page) await write();
  }
  if (batch.length > 0) await write();
  if (there < count) await owner.query(sql`vacuum (analyze) client, client_word, search_word, search_variant, client_identifier`); // as autovacuum does by itself within minutes
  return kept;
}
