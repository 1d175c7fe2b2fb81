import { createHash } from 'node:crypto';
import type { Db, Prepared } from '../../database.ts';
import type { Statement } from './compile.ts';

/** What one statement answered. */
export interface Answer {
  /** JSON text of what was asked; null when nobody was found. */
  readonly body: string | null;
  /** Fichas in it: to be logged before it is shown. */
  readonly looks: readonly string[];
  /** How many the page held. */
  readonly found: number;
}

/** The statement with what makes it known to PostgreSQL again: planning costs as much as running. */
export const nameOf = (statement: Statement): string =>
  `f_${createHash('sha256').update(statement.text).digest('base64url').slice(0, 40)}`;

/**
 * Runs a compiled statement. With a name it is prepared once a connection; give names only to a bounded number of statements.
 * @throws FichaError `bad-argument` when a variable does not pass, DatabaseError
 */
export async function readFicha(
  db: Db,
  { text, values }: Statement,
  variables: Readonly<Record<string, unknown>>,
  name?: string,
): Promise<Answer> {
  const prepared: Prepared = { text, values: values.map((value) => value(variables)), ...(name === undefined ? {} : { name }) };
  const { rows } = await db.query<Omit<Answer, 'looks'> & { readonly looks: string }>(prepared);
  const [answer] = rows;
  if (answer === undefined) throw new TypeError('a select without from answers one row');
  return { ...answer, looks: answer.looks === '' ? [] : answer.looks.split(',') };
}
