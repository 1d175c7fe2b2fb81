import type { Category } from '../../../domain/access/category.ts';
import { FichaError } from '../../../domain/record/error.ts';
import type { Args, Bound, Field, Shape, Writer } from './shape.ts';

/** What is asked of one type: fields under the names by which they are answered. */
export interface Asked {
  /** The name in the answer. */
  readonly key: string;
  readonly field: string;
  readonly args: Args;
  readonly below: readonly Asked[];
}

/** One statement for one question. `values` are read from the variables each time it is asked. */
export interface Statement {
  readonly text: string;
  readonly values: readonly Bound[];
}

type Step = (parent: string, row: string, w: Writer) => string;
interface Work {
  readonly w: Writer;
  /** The ways by which fichas are reached; each is a look to be logged. */
  readonly looks: Step[][];
  /** Tables beside the page: lists that are read for all of its rows at once. */
  readonly beside: string[];
  /** Whether the page may hold more than one row. */
  readonly many: boolean;
}

const longestKey = 60; // PostgreSQL cuts names at 63 bytes, and two cut names could become one

/**
 * One statement that answers `body`, the JSON text of everything asked, and `looks`, the ids of the fichas in it, with commas between. Rights come first:
 * a field that the reader may not see is refused, or masked where it has a mask, before there is any SQL for it.
 * @param page the SQL of the rows to start at: columns of `client` and `ord`
 * @throws FichaError `not-allowed`, `bad-argument`
 */
export function compile(
  shape: Shape,
  asked: readonly Asked[],
  page: (w: Writer) => string,
  allows: Writer['allows'],
  many: boolean,
): Statement {
  const values: Bound[] = [];
  let aliases = 0;
  const w: Writer = {
    bind: (value) => `$${values.push(value)}`,
    alias: () => `t${(aliases += 1)}`,
    allows,
  };
  const work: Work = { w, looks: [], beside: [], many };
  const start = page(w);
  const row = w.alias();
  const path: Step[] = [(_parent, as) => `from page ${as}`];
  const body = many
    ? `(select row_to_json(x) from (select ${columns(work, shape, asked, row, [])}) x)`
    : `(select row_to_json(x) from (select ${columns(work, shape, asked, row, seen(work, shape, path))} from page ${row} limit 1) x)`;
  const looks = work.looks.map((steps) => lookSql(w, steps));
  const text = `with ${[`page as materialized (${start})`, ...work.beside].join(', ')}
select ${body}::text as body, ${looks.length === 0 ? `''` : `array_to_string(array(${looks.join(' union ')}), ',')`} as looks,
       (select count(*)::int from page) as found`;
  return { text, values };
}

/** Notes that fichas are shown on this path. */
function seen(work: Work, shape: Shape, path: readonly Step[]): readonly Step[] {
  if (shape.isFicha === true) work.looks.push([...path]);
  return path;
}

function columns(work: Work, shape: Shape, asked: readonly Asked[], row: string, path: readonly Step[]): string {
  return asked.map((one) => `${sqlOf(work, shape, one, row, path)} as "${safeKey(one.key)}"`).join(', ');
}

function safeKey(key: string): string {
  if (!/^[_A-Za-z][_0-9A-Za-z]*$/.test(key) || key.length > longestKey)
    throw new FichaError('bad-argument', `a name in the answer has at most ${longestKey} letters`);
  return key;
}

function sqlOf(work: Work, shape: Shape, asked: Asked, row: string, path: readonly Step[]): string {
  if (asked.field === '__typename') return `'${shape.name}'::text`;
  const field = Object.hasOwn(shape.fields, asked.field) ? shape.fields[asked.field] : undefined;
  if (field === undefined) throw new TypeError(`${shape.name}.${asked.field} is not mapped to SQL`);
  const refused = field.category !== null && !work.w.allows(field.category);
  if (field.kind === 'value') {
    if (!refused) return field.sql(row, work.w, asked.args);
    if (field.masked !== undefined) return field.masked(row);
  }
  if (refused || field.kind === 'value') throw notAllowed(shape, asked.field, field.category);
  return rowsSql(work, field, asked, row, path);
}

function rowsSql(work: Work, field: Exclude<Field, { kind: 'value' }>, asked: Asked, row: string, path: readonly Step[]): string {
  const shape = field.shape();
  const below = work.w.alias();
  // one step leads to the rows of the page itself
  if (field.ofPage !== undefined && work.many && path.length === 1) return besideSql(work, field.ofPage, shape, asked, row);
  const clause = field.rows(row, below, work.w, asked.args);
  const here = clause === '' ? row : below;
  const step: Step = (parent, as, w) => field.rows(parent, as, w, asked.args);
  const deeper = seen(work, shape, clause === '' ? path : [...path, step]);
  const selected = `select ${columns(work, shape, asked.below, here, deeper)} ${clause}`;
  return field.kind === 'one'
    ? `(select row_to_json(x) from (${selected}) x)`
    : `(select coalesce(json_agg(x), '[]'::json) from (${selected}) x)`;
}

/** A list of one row of the page, out of a table that is made once for the whole page. */
function besideSql(
  work: Work,
  ofPage: NonNullable<Exclude<Field, { kind: 'value' }>['ofPage']>,
  shape: Shape,
  asked: Asked,
  row: string,
): string {
  const [name, below] = [work.w.alias(), work.w.alias()];
  const told = columns(work, shape, asked.below, below, []);
  work.beside.push(`${name} as materialized (
    select b.client_id, json_agg(b.told) as told
      from (select ${below}.client_id, row_to_json(x) as told
              from (select array_agg(p.id) as ids from page p) g
             cross join lateral (select * ${ofPage('g.ids', 'o')}) ${below} cross join lateral (select ${told}) x) b
     group by b.client_id)`);
  return `coalesce((select ${name}.told from ${name} where ${name}.client_id = ${row}.id), '[]'::json)`;
}

function lookSql(w: Writer, steps: readonly Step[]): string {
  let parent = '';
  const parts = steps.map((step, place) => {
    const as = w.alias();
    const part = `(select ${as}.* ${step(parent, as, w)}) ${as}`;
    parent = as;
    return place === 0 ? part : `cross join lateral ${part}`;
  });
  return `select ${parent}.id from ${parts.join(' ')}`;
}

const notAllowed = (shape: Shape, field: string, category: Category | null): FichaError =>
  new FichaError(
    'not-allowed',
    `${shape.name}.${field} is data of the category "${category ?? ''}", which your role may not read; leave it out, or ask for the role or grant that may (docs/how-to/read-clients.md)`,
  );
