import type { Category } from '../../../domain/access/category.ts';

/** A value of the question that is known only when it is asked: it becomes one parameter of the statement. */
export type Bound = (variables: Readonly<Record<string, unknown>>) => unknown;

/** Arguments of one field, each read when the question is asked. */
export type Args = (name: string) => Bound;

/** Collects the parameters of one statement and hands out aliases. */
export interface Writer {
  /** Makes a parameter; answers its place, `$3` say. */
  bind(value: Bound): string;
  alias(): string;
  /** Whether the reader of this statement may see the category. */
  allows(category: Category): boolean;
}

/** One value of a row, as SQL over the row's alias. Everything in it is constant text, aliases and parameters. */
interface ValueField {
  readonly kind: 'value';
  readonly category: Category | null;
  readonly sql: (row: string, w: Writer, args: Args) => string;
  /** What is shown instead to who may not read the category; without it the question is refused. */
  readonly masked?: (row: string) => string;
}

/** Rows below a row: `from ... where ... order by ... limit ...` over a new alias; an empty text stays on the same row. */
interface RowsField {
  readonly kind: 'one' | 'many';
  readonly category: Category | null;
  readonly shape: () => Shape;
  readonly rows: (parent: string, row: string, w: Writer, args: Args) => string;
  /** The same rows for all rows of the page at once, each with whose it is in `client_id`: `from ... order by client_id, ...`. */
  readonly ofPage?: (ids: string, row: string) => string;
}

export type Field = ValueField | RowsField;

/** How one type of the read API lies in the tables. */
export interface Shape {
  readonly name: string;
  /** Each row is a person's or company's ficha: showing it is a look, which is logged by the row's `id`. */
  readonly isFicha?: boolean;
  readonly fields: Readonly<Record<string, Field>>;
}

/** Hundredths as units of the currency, written as short as they are: a quotient of whole numbers below 2^53 is the nearest double. */
export const money = (cents: string): string => `(${cents}::float8 / 100)`;

/** ISO 8601 UTC with milliseconds; the session's time zone is UTC. */
export const iso = (time: string): string => `to_char(${time}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** A value of a row. */
export const value = (category: Category | null, sql: (row: string, w: Writer, args: Args) => string): ValueField => ({
  kind: 'value',
  category,
  sql,
});

/** A column as it is. */
export const column = (category: Category | null, name: string): ValueField => value(category, (row) => `${row}.${name}`);

/** A time column. */
export const time = (category: Category | null, name: string): ValueField => value(category, (row) => iso(`${row}.${name}`));
