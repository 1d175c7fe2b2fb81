import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { GraphQLError } from 'graphql';
import { FichaError } from '../domain/record/error.ts';
import { limits } from './limits.ts';
import type { Variables } from './look-ahead.ts';

/** What a caller asks. */
export interface Question {
  readonly query: string;
  readonly operationName: string | undefined;
  readonly variables: Variables;
}

/** Operations that production answers, by the SHA-256 of their text in hex. */
export type PersistedOperations = ReadonlyMap<string, string>;

const refused = (code: string, say: string): GraphQLError => new GraphQLError(`${code}: ${say}`, { extensions: { code } });

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The question of a request: POST with one JSON object. Nothing is read from the address, where personal data would be logged on its way.
 * @throws GraphQLError `bad-request`, `not-persisted`
 */
export async function questionIn(request: Request, persisted: PersistedOperations | undefined): Promise<Question> {
  if (request.method !== 'POST') throw refused('bad-request', 'ask with POST');
  if (!/^application\/(graphql-response\+)?json\b/i.test(request.headers.get('content-type') ?? '')) {
    throw refused('bad-request', 'send content-type: application/json');
  }
  if (Number(request.headers.get('content-length') ?? 0) > limits.bytes) throw tooLong();
  const text = await request.text();
  if (text.length > limits.bytes) throw tooLong();
  const body = parsed(text);
  const { operationName, variables } = body;
  return {
    query: queryOf(body, persisted),
    operationName: typeof operationName === 'string' && operationName !== '' ? operationName : undefined,
    variables: isObject(variables) ? variables : {},
  };
}

const tooLong = (): GraphQLError => refused('bad-request', `a request has at most ${limits.bytes} bytes`);

function parsed(text: string): Readonly<Record<string, unknown>> {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw refused('bad-request', 'the body is not JSON');
  }
  if (!isObject(body))
    throw refused('bad-request', 'send one JSON object {query, variables, operationName}; batches are not answered');
  return body;
}

/** The text of the operation: as sent, or the persisted one that its hash names. */
function queryOf({ query, extensions }: Readonly<Record<string, unknown>>, persisted: PersistedOperations | undefined): string {
  const named =
    isObject(extensions) && isObject(extensions['persistedQuery']) ? extensions['persistedQuery']['sha256Hash'] : undefined;
  if (persisted !== undefined) {
    const hash = typeof query === 'string' ? createHash('sha256').update(query).digest('hex') : named;
    const known = typeof hash === 'string' ? persisted.get(hash) : undefined;
    if (known !== undefined) return known;
    throw refused('not-persisted', 'only persisted operations are answered here; add it to FICHA_PERSISTED_OPERATIONS');
  }
  if (typeof query === 'string' && query !== '') return query;
  throw refused('bad-request', 'send a query');
}

const wrongFile = (path: string, say: string): FichaError =>
  new FichaError('setting-invalid', `FICHA_PERSISTED_OPERATIONS: ${path} ${say}`);

/** Persisted operations from a list of texts, or an object whose values are texts; undefined when it is neither. */
function persistedOperations(texts: unknown): PersistedOperations | undefined {
  const list: readonly unknown[] | undefined = Array.isArray(texts) ? texts : isObject(texts) ? Object.values(texts) : undefined;
  if (list === undefined || !list.every((text) => typeof text === 'string')) return undefined;
  return new Map(list.map((text) => [createHash('sha256').update(text).digest('hex'), text]));
}

/** What the `ficha` command asks. The console's questions are asked within the process and need no list. */
const shippedFile = new URL('operations.json', import.meta.url);

/** As `FICHA_PERSISTED_OPERATIONS`: no list, any operation within the limits. */
export const anyOperations = 'any';

/**
 * The operations that are answered: in production those of the `ficha` command and of the file, elsewhere all where no file is named.
 * @returns undefined where any is answered
 * @throws FichaError `setting-invalid`
 */
export function operationsAnswered(
  mode: 'development' | 'production',
  file: string | undefined,
): PersistedOperations | undefined {
  if (file === anyOperations || (file === undefined && mode !== 'production')) return undefined;
  const shipped = readPersistedOperations(fileURLToPath(shippedFile));
  return new Map([...shipped, ...(file === undefined ? [] : readPersistedOperations(file))]);
}

/** Reads the file of persisted operations. @throws FichaError `setting-invalid` */
export function readPersistedOperations(path: string): PersistedOperations {
  let texts: unknown;
  try {
    texts = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw wrongFile(path, cause instanceof SyntaxError ? 'is not JSON' : 'cannot be read by this user');
  }
  const operations = persistedOperations(texts);
  if (operations === undefined) throw wrongFile(path, 'must hold a list of operations, or an object of them');
  return operations;
}
