import type { Statement } from './statement.ts';

export type Row = Readonly<Record<string, unknown>>;

/** What a statement came to: rows that it read, or how many it touched. */
export interface Ran {
  readonly rows: readonly Row[];
  readonly touched: number;
}

/** One database, by whatever library. */
export interface Driver {
  /** @throws SqlFailure */
  run(statement: Statement): Promise<Ran>;
  close(): Promise<void>;
}

/**
 * Why a statement did not run. `busy`, `undone`: nothing was done, and it may be tried again. `lost`: nobody knows. `unheld`: a value that
 * the type of its column cannot hold, so no row has it. `certificate`: the server could not prove who it is, and was told nothing.
 */
export type Failing =
  | 'credentials'
  | 'certificate'
  | 'right'
  | 'schema'
  | 'referred'
  | 'busy'
  | 'undone'
  | 'lost'
  | 'unheld'
  | 'other';

export class SqlFailure extends Error {
  readonly kind: Failing;
  readonly code: string;
  /** Names of tables and columns at most, as the manifest wrote them. */
  readonly say: string;

  constructor(kind: Failing, code: string, cause: unknown, say = '') {
    super(kind, { cause });
    this.kind = kind;
    this.code = code;
    this.say = say;
  }
}

/** Where a database is, with the settings of one linked system in it. */
export interface DatabasePlace {
  readonly systemId: string;
  readonly host: string;
  readonly port: number | undefined;
  readonly name: string;
  readonly user: string;
  readonly password: string;
  /** Whether the server must prove who it is, and to whom it must be known; no authority is those that this computer trusts. */
  readonly tls: { readonly authority: string | undefined } | undefined;
  /** SQLite: the file. */
  readonly file: string;
  readonly timeoutMs: number;
  readonly readOnly: boolean;
}

/** @see https://nodejs.org/docs/latest-v20.x/api/tls.html#x509-certificate-error-codes, read 2026-11-29 */
const unproven =
  /certificate|CERT_|UNABLE_TO_(?:GET_ISSUER|VERIFY)|SELF_SIGNED|ALTNAME|SSL_SUPPORT|not support SSL|secure connection/i;

/** Why TLS could not be begun; undefined for any other failure. */
export function tlsFailure(error: unknown): SqlFailure | undefined {
  const { code = '', message = '' } = error as { readonly code?: string; readonly message?: string }; // of Node, pg or mysql2
  return unproven.test(`${code} ${message}`) ? new SqlFailure('certificate', code, error) : undefined;
}

const moment = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:\.\d+)?)(?:Z|\+00(?::?00)?)?$/;

/** A value as JSON: times in UTC, whole numbers that are too large for a number as text, bytes in base64. */
function plain(value: unknown): unknown {
  if (typeof value === 'string') {
    const found = moment.exec(value);
    return found === null ? value : `${found[1] ?? ''}T${found[2] ?? ''}Z`;
  }
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return value instanceof Date ? value.toISOString() : value;
}

export const plainRows = (rows: readonly Row[]): Row[] =>
  rows.map((row) => Object.fromEntries(Object.entries(row).map(([column, value]) => [column, plain(value)])));
