import { editDistance } from '../../domain/record/closest.ts';
import { typosOf } from '../../domain/record/typo.ts';
import { type Db, sql } from '../database.ts';

const mostWords = 6;
/** Nearest words looked at for each typed word. */
const mostNear = 8;
/** Words that start alike, looked at to find the rarest. */
const mostAlike = 400;

/** The first text after all texts that start with this one, in the order of bytes. */
const beyond = (prefix: string): string => `${prefix}\u{10FFFF}`;

/** A typed word with the words that it may stand for. */
interface Sought {
  readonly typed: string;
  /** Words that start with it. */
  readonly alike: number;
  /** Words of other spelling, nearest first. */
  readonly near: readonly string[];
}

/** Active clients that carry exactly one of these identifiers, 50 at most. Index: client_identifier primary key. */
export async function idsByIdentifier(
  db: Db,
  identifiers: readonly { readonly kind: string; readonly value: string | null }[],
): Promise<string[]> {
  if (identifiers.length === 0) return [];
  const { rows } = await db.query<{ readonly id: string }>(sql`
    select distinct c.id
      from jsonb_to_recordset(${JSON.stringify(identifiers)}::jsonb) as x(kind text, value text)
      join client_identifier i on i.kind = x.kind and i.value = x.value
      join client c on c.id = i.client_id and c.state = 'active'
     order by c.id limit 50`);
  return rows.map(({ id }) => id);
}

/** Active clients with an e-mail address that starts so, as it is typed. Index: client_identifier_prefix. */
export async function idsByEmailPrefix(db: Db, typed: string, limit: number): Promise<string[]> {
  const { rows } = await db.query<{ readonly id: string }>(sql`
    select c.id from client_identifier i join client c on c.id = i.client_id and c.state = 'active'
     where i.kind = 'email' and i.value collate "C" >= ${typed} and i.value collate "C" < ${beyond(typed)}
     order by i.value collate "C" limit ${limit}`);
  return [...new Set(rows.map(({ id }) => id))];
}

/**
 * Ids of active clients by name, best first: whose name starts as typed, then who carries every word in any order, each as far as it was
 * typed, then those one typo away. Accents and case are folded before. Indexes: client_in_order, client_word, search_variant.
 * @param words folded, one space between (domain/record/normalise/search-words.ts)
 * @param limit 1 to 1,101
 */
export async function idsByName(db: Db, words: string, limit: number): Promise<string[]> {
  const typed = [...new Set(words.split(' '))].filter((word) => word !== '').slice(0, mostWords);
  if (typed.length === 0) return [];
  const found = new Set(await startingSo(db, words, limit));
  if (found.size < limit && typed.length > 0) for (const id of await inAnyOrder(db, typed, limit)) found.add(id);
  if (found.size < Math.min(limit, 10)) for (const id of await mistyped(db, typed, limit)) found.add(id);
  return [...found].slice(0, limit);
}

async function startingSo(db: Db, words: string, limit: number): Promise<string[]> {
  const { rows } = await db.query<{ readonly id: string }>(sql`
    select c.id from client c
     where c.state = 'active' and coalesce(c.search_name, '') collate "C" >= ${words} and coalesce(c.search_name, '') collate "C" < ${beyond(words)}
     order by coalesce(c.search_name, '') collate "C", c.id limit ${limit}`);
  return rows.map(({ id }) => id);
}

/** How many clients carry words that start so: rough where there are many such words. */
async function carriersOf(db: Db, typed: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await db.query<{ readonly word: string; readonly clients: number }>(sql`
    select t.word, coalesce((select sum(x.clients)::int from (
             select s.clients from search_word s where s.word >= t.word collate "C" and s.word < t.word || ${beyond('')} collate "C" limit ${mostAlike}) x), 0) as clients
      from unnest(${[...typed]}::text[]) t(word)`);
  return new Map(rows.map(({ word, clients }) => [word, clients]));
}

/** Clients that carry a word for each typed prefix; starts at the rarest and ends at `limit`. */
async function inAnyOrder(db: Db, typed: readonly string[], limit: number): Promise<string[]> {
  const carriers = await carriersOf(db, typed);
  const [rarest = '', ...others] = [...typed].sort((one, other) => (carriers.get(one) ?? 0) - (carriers.get(other) ?? 0));
  if ((carriers.get(rarest) ?? 0) === 0) return [];
  const { rows } = await db.query<{ readonly id: string }>(sql`
    select d.client_id as id from client_word d
     where d.word >= ${rarest} collate "C" and d.word < ${beyond(rarest)} collate "C"
       and not exists (
         select from unnest(${others}::text[]) t(word)
          where not exists (
            select from client_word o
             where o.client_id = d.client_id and o.word >= t.word collate "C" and o.word < t.word || ${beyond('')} collate "C"))
     order by d.word, d.client_id
     limit ${limit}`);
  return rows.map(({ id }) => id);
}

/** The words one or two typos away from each typed word that are in use, nearest and most carried first. */
async function nearWords(db: Db, typed: readonly string[]): Promise<Sought[]> {
  const variants = typed.flatMap((word) => typosOf(word).map((variant) => ({ word, variant })));
  const { rows } = await db.query<{ readonly typed: string; readonly word: string; readonly clients: number }>(sql`
    select distinct x.word as typed, s.word, s.clients
      from jsonb_to_recordset(${JSON.stringify(variants)}::jsonb) as x(word text, variant text)
      join search_variant v on v.variant = x.variant
      join search_word s on s.word = v.word`);
  return typed.map((word) => {
    const all = rows.filter((row) => row.typed === word).map((row) => ({ ...row, apart: editDistance(word, row.word) }));
    const near = all
      .filter(({ apart, word: other }) => other !== word && apart <= (word.length < 5 ? 1 : 2))
      .sort((one, other) => one.apart - other.apart || other.clients - one.clients)
      .slice(0, mostNear)
      .map((row) => row.word);
    return { typed: word, alike: all.find((row) => row.word === word)?.clients ?? 0, near };
  });
}

/** Clients whose name differs from what was typed by one mistyped word; when there is none, by several, or with a word left out. */
async function mistyped(db: Db, typed: readonly string[], limit: number): Promise<string[]> {
  const sought = await nearWords(db, typed);
  const exact = (one: Sought): readonly string[] => (one.alike > 0 ? [one.typed] : []);
  const found = new Set<string>();
  for (const [place, wrong] of sought.entries()) {
    const sets = sought.map((one, other) => (other === place ? wrong.near : exact(one)));
    for (const id of await carryingAll(db, sets, limit)) found.add(id);
    if (found.size >= limit) break;
  }
  if (found.size === 0) {
    const sets = sought.map((one) => [...exact(one), ...one.near]);
    for (const id of await carryingAll(db, sets, limit)) found.add(id);
    if (found.size === 0 && sets.length > 2) {
      for (const [left] of sets.entries())
        for (const id of await carryingAll(
          db,
          sets.filter((_, place) => place !== left),
          limit,
        ))
          found.add(id);
    }
  }
  return [...found];
}

/** Clients that carry one word of every set, in the order of the first set that is rarest; 0 when a set is empty. */
async function carryingAll(db: Db, sets: readonly (readonly string[])[], limit: number): Promise<string[]> {
  if (sets.some((set) => set.length === 0)) return [];
  const { rows } = await db.query<{ readonly id: string }>(sql`
    with sets as (
      select s.place, s.words, (select coalesce(sum(w.clients), 0) from search_word w where w.word = any(s.words)) as clients
        from (select (x ->> 'place')::int as place, array(select jsonb_array_elements_text(x -> 'words')) as words
                from jsonb_array_elements(${JSON.stringify(sets.map((words, place) => ({ place, words })))}::jsonb) x) s)
    select d.client_id as id
      from (select unnest(words) as word, place from (select * from sets order by clients, place limit 1) rarest) r
      join client_word d on d.word = r.word collate "C"
     where not exists (
       select from sets t
        where t.place <> r.place
          and not exists (select from client_word o where o.client_id = d.client_id and o.word = any(t.words)))
     limit ${limit}`);
  return rows.map(({ id }) => id);
}
