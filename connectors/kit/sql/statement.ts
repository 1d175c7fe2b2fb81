import { type Scope, placeholdersOf } from '../template.ts';
import { valueAt } from '../value-path.ts';

/** One SQL statement: its text around the places of its parameters, and their values. A value never becomes part of the text. */
export interface Statement {
  readonly parts: readonly string[];
  readonly values: readonly unknown[];
}

const mark = 'SQL ';

export const isStatement = (request: string): boolean => request.startsWith(mark);

/** The statement without texts in quotes and without comments, where no word is SQL. */
export const bare = (text: string): string =>
  text.replaceAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|--[^\n]*|\/\*[\s\S]*?\*\//g, ' ');

const writing = /\b(insert|update|delete|merge|into)\b/i;

/** Whether it can only read: it begins as a question, and no word outside quotes writes. */
export const isReading = (request: string): boolean => {
  const text = bare(request.slice(mark.length));
  return /^\s*(select|with)\b/i.test(text) && !writing.test(text);
};

/** A request `SQL …` of a manifest, each {placeholder} a parameter; one without a value is null. */
export function statementOf(request: string, scope: Scope): Statement {
  const text = request.slice(mark.length).trim();
  const values = placeholdersOf(text).map((name) => valueAt(scope, name) ?? null);
  return { parts: text.split(/\{[A-Za-z][A-Za-z0-9_.-]*\}/), values };
}

/** What a database without types of its own for them takes: 1 and 0 for yes and no, JSON for lists and objects. */
export const plainValues = ({ values }: Statement): readonly (string | number | null)[] =>
  values.map((value) => {
    if (value === null || typeof value === 'string' || typeof value === 'number') return value;
    return typeof value === 'boolean' ? Number(value) : JSON.stringify(value);
  });
