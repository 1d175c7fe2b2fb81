import pg from 'pg';
import { FichaError, type Retry } from '../domain/record/error.ts';

/** What PostgreSQL refused: its SQLSTATE and the names of table and constraint. Row values are left behind (rule 9). */
export class DatabaseError extends FichaError {
  readonly sqlState: string;
  readonly constraint: string | undefined;

  constructor(
    code: string,
    say: string,
    options: { readonly retry: Retry; readonly sqlState: string; readonly constraint?: string | undefined },
  ) {
    super(code, say, { retry: options.retry });
    this.name = 'DatabaseError';
    this.sqlState = options.sqlState;
    this.constraint = options.constraint;
  }
}

interface Condition {
  readonly code: string;
  readonly retry: Retry;
}

const conditions: readonly (readonly [prefix: string, condition: Condition])[] = [
  ['23505', { code: 'database-duplicate', retry: 'never' }],
  ['23503', { code: 'database-missing-reference', retry: 'never' }],
  ['23502', { code: 'database-missing-value', retry: 'never' }],
  ['23514', { code: 'database-check-violated', retry: 'never' }],
  ['25006', { code: 'database-read-only', retry: 'never' }],
  ['42501', { code: 'database-forbidden', retry: 'never' }],
  ['40', { code: 'database-conflict', retry: 'now' }],
  ['55P03', { code: 'database-busy', retry: 'later' }],
  ['57014', { code: 'database-timeout', retry: 'later' }],
  ['28', { code: 'database-sign-in-refused', retry: 'never' }],
  ['3D', { code: 'database-absent', retry: 'never' }],
  ['53', { code: 'database-full', retry: 'later' }],
  ['57', { code: 'database-unreachable', retry: 'later' }],
  ['58', { code: 'database-disk-error', retry: 'later' }],
  ['08', { code: 'database-unreachable', retry: 'later' }],
];

/** Classes whose message names identifiers of our own SQL or states of the server, never a value of a row. */
const plainSpoken = /^(08|25|40|42|53|55|57)/;

const places = (error: pg.DatabaseError): string =>
  [
    error.table === undefined ? '' : `table ${error.table}`,
    error.column === undefined ? '' : `column ${error.column}`,
    error.constraint === undefined ? '' : `constraint ${error.constraint}`,
  ]
    .filter((part) => part !== '')
    .join(', ');

const fromServer = (error: pg.DatabaseError): FichaError => {
  const sqlState = error.code ?? 'unknown';
  const own = sqlState === 'P0001' ? /^([a-z]+(?:-[a-z]+)+): (.*)$/.exec(error.message) : null;
  if (own !== null) {
    return new DatabaseError(own[1] ?? '', own[2] ?? '', { retry: 'never', sqlState });
  }
  const condition = conditions.find(([prefix]) => sqlState.startsWith(prefix))?.[1] ?? { code: 'database-error', retry: 'never' };
  const said = plainSpoken.test(sqlState) ? error.message : 'PostgreSQL refused the statement';
  const say = [said, places(error), `SQLSTATE ${sqlState}`].filter((part) => part !== '').join('; ');
  return new DatabaseError(condition.code, say, { retry: condition.retry, sqlState, constraint: error.constraint });
};

const unreachable = /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|ETIMEDOUT|EPIPE|EHOSTUNREACH|ENOENT|EAI_AGAIN)$/;

/** Any error of the driver as one of ours, with nothing of the row in it; other errors pass as they are. */
export function translated(error: unknown): unknown {
  if (error instanceof pg.DatabaseError) {
    return fromServer(error);
  }
  if (!(error instanceof Error) || error instanceof FichaError) {
    return error;
  }
  const systemCode = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (
    unreachable.test(systemCode) ||
    /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect)/.test(
      error.message,
    )
  ) {
    const why = systemCode === '' ? error.message : systemCode;
    return new DatabaseError('database-unreachable', `no connection to PostgreSQL (${why}). Is it running? See DATABASE_URL`, {
      retry: 'later',
      sqlState: '08000',
    });
  }
  return error;
}
