import { editDistance } from '../../domain/record/closest.ts';
import { typosOf } from '../../domain/record/typo.ts';
import { type Db, sql } from '../database.ts';

const mostWords = 6;
/** Nearest words looked at for each typed word. */
const mostNear = 8;
/** Words that start alike, looked at to find the rarest. */
const mostAlike = 400;

/** Clients that a mistyped name may mean, put in order; of more than these some are left out, the same ones while the table lies still. */
const mostSorted = 2_000;

/** The first text after all texts that start with this one, in the order of bytes. */
const beyond = (prefix: string): string => `${prefix}\u{10FFFF}`;

/** A typed word, whether somebody carries it as it is, and the words that it may stand for, nearest first. */
interface Sought {
  readonly typed: string;
  readonly carried: boolean;
  readonly near: readonly string[];
}

/** Active clients that carry exactly one of these identifiers, 50 at most. Index: client_identifier primary key. */
export async function idsByIdentifier(
  db: Db,
  identifiers: readonly { readonly kind: string; readonly value: string | null }[],
): Promise<string[]> {
  if (identifiers.length === 0) return [];
  const text = `
    select distinct c.id
      from unnest($1::text[], $2::text[]) as x(kind, value)
      join client_identifier i on i.kind = x.kind and i.value = x.value
      join client c on c.id = i.client_id and c.state = 'active'
     order by c.id limit 50`;
  const values = [identifiers.map(({ kind }) => kind), identifiers.map(({ value }) => value)];
  const { rows } = await db.query<{ readonly id: string }>({ name: 'search-identifier', text, values });
  return rows.map(({ id }) => id);
}

/** Active clients with an e-mail address that starts so, as it is typed. Index: client_identifier primary key. */
export async function idsByEmailPrefix(db: Db, typed: string, limit: number): Promise<string[]> {
  const { rows } = await db.query<{ readonly id: string }>(sql`
    select c.id from client_identifier i join client c on c.id = i.client_id and c.state = 'active'
     where i.kind = 'email' and i.value collate "C" >= ${typed} and i.value collate "C" < ${beyond(typed)}
     order by i.value collate "C" limit ${limit}`);
  return [...new Set(rows.map(({ id }) => id))];
}

/**
 * Ids of active clients by name, best first: whose name starts as typed, then who carries every word in any order, each as far as it was
 * typed; when there is nobody, those one typo away, then those further off. Accents and case are folded before. One to three statements.
 * @param words folded, one space between (domain/record/normalise/search-words.ts)
 * @param limit 1 to 1,101
 * Indexes: client_in_order, client_word_pkey, client_words, search_variant.
 */
export async function idsByName(db: Db, words: string, limit: number): Promise<string[]> {
  const typed = [...new Set(words.split(' '))].filter((word) => word !== '').slice(0, mostWords);
  if (typed.length === 0) return [];
  const found = new Set(await startingSo(db, words, limit));
  if (found.size < limit) for (const id of await inAnyOrder(db, typed, limit)) found.add(id);
  return found.size > 0 ? [...found].slice(0, limit) : await mistyped(db, typed, limit);
}

async function startingSo(db: Db, words: string, limit: number): Promise<string[]> {
  const text = `select c.id from client c
     where c.state = 'active' and coalesce(c.search_name, '') collate "C" >= $1 and coalesce(c.search_name, '') collate "C" < $2
     order by coalesce(c.search_name, '') collate "C", c.id limit $3`;
  const { rows } = await db.query<{ readonly id: string }>({ name: 'search-start', text, values: [words, beyond(words), limit] });
  return rows.map(({ id }) => id);
}

/** Clients that carry a word for each typed beginning: reads the index of the rarest, whose entries hold whole names, and stops at `limit`. */
async function inAnyOrder(db: Db, typed: readonly string[], limit: number): Promise<string[]> {
  const text = `
    with typed as (
      select t.word, t.pattern, coalesce((select sum(x.clients) from (
               select s.clients from search_word s where s.word >= t.word and s.word < t.word || $2 order by s.word limit ${mostAlike}) x), 0) as clients
        from unnest($1::text[], $3::text[]) t(word, pattern)),
    rarest as materialized (
      select r.word, array(select t.pattern from typed t where t.word <> r.word order by t.clients) as others
        from typed r where not exists (select from typed where clients = 0) order by r.clients, r.word limit 1)
    select d.client_id as id
      from rarest r cross join lateral (
           select w.word, w.client_id from client_word w
            where w.word >= r.word and w.word < r.word || $2 and w.name like all (r.others)
            order by w.word, w.client_id limit $4) d
     order by d.word, d.client_id`; // as the index holds them: no sort, and the same after a restore
  const { rows } = await db.query<{ readonly id: string }>({
    name: 'search-words',
    text,
    values: [[...typed], beyond(''), typed.map((word) => `% ${word.replaceAll(/[%_\\]/g, '\\$&')}%`), limit],
  });
  return [...new Set(rows.map(({ id }) => id))];
}

/** The words one or two typos away from each typed word that are in use, nearest and most carried first. */
async function nearWords(db: Db, typed: readonly string[]): Promise<Sought[]> {
  const variants = typed.flatMap((word) => typosOf(word).map((variant) => ({ word, variant })));
  const text = `select distinct x.word as typed, s.word, s.clients
      from jsonb_to_recordset($1::jsonb) as x(word text, variant text)
      join search_variant v on v.variant = x.variant
      join search_word s on s.word = v.word`;
  const values = [JSON.stringify(variants)];
  const { rows } = await db.query<{ readonly typed: string; readonly word: string; readonly clients: number }>({
    name: 'search-near',
    text,
    values,
  });
  return typed.map((word) => {
    const all = rows.filter((row) => row.typed === word).map((row) => ({ ...row, apart: editDistance(word, row.word) }));
    const near = all
      .filter(({ apart, word: other }) => other !== word && apart <= (word.length < 5 ? 1 : 2))
      .sort((one, other) => one.apart - other.apart || other.clients - one.clients || (one.word < other.word ? -1 : 1))
      .slice(0, mostNear)
      .map((row) => row.word);
    return { typed: word, carried: all.some((row) => row.word === word), near };
  });
}

/** Clients whose name differs from what was typed by one mistyped word; when there is none, by several, or with a word left out. */
async function mistyped(db: Db, typed: readonly string[], limit: number): Promise<string[]> {
  const sought = await nearWords(db, typed);
  const asTyped = ({ typed: word, carried }: Sought): readonly string[] => (carried ? [word] : []);
  const oneWrong = sought.map((wrong) => sought.map((one) => (one === wrong ? one.near : asTyped(one))));
  const anyWrong = sought.map((one) => [...asTyped(one), ...one.near]);
  // common words that may stand for many others take long together: only when nobody carries the words as they are
  for (const ways of [oneWrong, [anyWrong], oneLess(sought.map(asTyped)), oneLess(anyWrong)]) {
    const ids = await carrying(db, ways, limit);
    if (ids.length > 0) return ids;
  }
  return [];
}

/** Every way to leave one of more than two words out. */
const oneLess = (sets: readonly (readonly string[])[]): readonly (readonly (readonly string[])[])[] =>
  sets.length > 2 ? sets.map((_, left) => sets.filter((_set, place) => place !== left)) : [];

const quoted = (word: string): string => `'${word.replaceAll(/['\\]/g, '')}'`;

/** Clients that carry, in one of the ways, a word of every set, by name where at most `mostSorted` do. A way with an empty set is nobody's. */
async function carrying(db: Db, ways: readonly (readonly (readonly string[])[])[], limit: number): Promise<string[]> {
  const possible = ways.filter((sets) => sets.every((words) => words.length > 0));
  if (possible.length === 0) return [];
  const query = possible.map((sets) => `(${sets.map((words) => `(${words.map(quoted).join('|')})`).join('&')})`).join('|');
  const text = `
    with carrying as materialized (
      select c.id, coalesce(c.search_name, '') collate "C" as name from client c
       where c.state = 'active' and array_to_tsvector(string_to_array(c.search_name, ' ')) @@ $1::tsquery limit $2)
    select id from carrying order by name, id limit $3`;
  const values = [query, Math.max(mostSorted, limit), limit];
  const { rows } = await db.query<{ readonly id: string }>({ name: 'search-mistyped', text, values });
  return rows.map(({ id }) => id);
}
