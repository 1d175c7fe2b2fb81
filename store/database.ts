import pg from 'pg';
import type { Sql } from 'sql-template-tag';
import { runBatch, type Statement } from './batch.ts';
import { translated } from './database-error.ts';

export { empty, join, Sql, default as sql } from 'sql-template-tag';

/** A statement as plain text. With a name, PostgreSQL keeps its plan on each connection until that closes. */
export interface Prepared {
  readonly text: string;
  readonly values: readonly unknown[];
  readonly name?: string;
}

/** A statement under a name. @param statement its text must be the same every time: no part of it may come and go */
export const prepared = (name: string, { text, values }: Sql): Prepared => ({ name, text, values });

/** What runs a statement: the pool or one transaction. */
export interface Db {
  /**
   * Runs one statement. `bigint` and `numeric` come back as text, `timestamptz` as ISO 8601 UTC text with milliseconds (it
   * compares as text; microseconds are cut, so page by id and not by time), `date` as `YYYY-MM-DD`, `jsonb` parsed.
   * @throws DatabaseError a code and names of constraints, never a value
   */
  query<Row extends object>(statement: Sql | Prepared): Promise<{ rows: Row[]; rowCount: number }>;
}

/** One transaction. */
export interface Tx extends Db {
  /** A statement whose answer nobody needs: it goes in one piece with the next one that is asked, or with the commit, and fails with it. */
  later(statement: Sql | Prepared): void;
}

export interface Database extends Db {
  /**
   * Runs `work` in one transaction: committed when it returns, rolled back when it throws. `tx` dies with it.
   * @param handedOver called once the commit is out of this process: should the process die now, the transaction still ends as it would have
   */
  transaction<T>(work: (tx: Tx) => Promise<T>, handedOver?: () => void): Promise<T>;
  end(): Promise<void>;
}

export interface DatabaseOptions {
  /** Most connections at once. */
  readonly max?: number;
  readonly statementTimeoutMs?: number;
  readonly connectTimeoutMs?: number;
  /** How long a statement of a transaction may wait for a lock. */
  readonly lockTimeoutMs?: number;
  readonly applicationName?: string;
}

const TIMESTAMPTZ = 1184;
const TIMESTAMPTZ_ARRAY = 1185;
const DATE = 1082;
const TIMESTAMPTZ_TEXT = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?\+00$/;

const isoTime = (text: string): string => {
  const found = TIMESTAMPTZ_TEXT.exec(text);
  return found === null ? text : `${found[1]}T${found[2]}.${(found[3] ?? '').padEnd(3, '0').slice(0, 3)}Z`;
};

const textArray: (text: string) => (string | null)[] = pg.types.getTypeParser(1009 as typeof pg.types.builtins.TEXT);
const isoTimes = (text: string): (string | null)[] => textArray(text).map((time) => (time === null ? null : isoTime(time)));

const ownParsers = new Map<number, (text: string) => unknown>([
  [TIMESTAMPTZ, isoTime],
  [TIMESTAMPTZ_ARRAY, isoTimes],
  [DATE, (text) => text],
]);

const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    (format === 'binary' ? undefined : ownParsers.get(oid)) ?? pg.types.getTypeParser(oid, format),
} as pg.CustomTypesConfig;

const statementOf = (statement: Sql | Prepared): Statement => ({
  text: statement.text,
  values: [...statement.values],
  ...('name' in statement && statement.name !== undefined ? { name: statement.name } : {}),
});

const answerOf = async <Row extends object>(answer: Promise<pg.QueryResult<Row>>): Promise<{ rows: Row[]; rowCount: number }> => {
  try {
    const { rows, rowCount } = await answer;
    return { rows, rowCount: rowCount ?? 0 };
  } catch (error) {
    throw translated(error);
  }
};

const connected = async (pool: pg.Pool): Promise<pg.PoolClient> => {
  try {
    return await pool.connect();
  } catch (error) {
    throw translated(error);
  }
};

/** One transaction on one connection. A connection that could not roll back is thrown away. */
const inTransaction = async <T>(pool: pg.Pool, work: (tx: Tx) => Promise<T>, handedOver?: () => void): Promise<T> => {
  const client = await connected(pool);
  let broken: Error | undefined;
  let open = true;
  let waiting: Statement[] = [{ text: 'begin' }]; // goes out with the first statement
  const send = (statement: Statement, sent?: () => void): Promise<pg.QueryResult> => {
    if (waiting.length === 0 && sent === undefined) return client.query(statement);
    const piece = [...waiting, { ...statement, types }];
    waiting = [];
    return runBatch(client, piece, sent);
  };
  const tx: Tx = {
    query: (statement) =>
      open ? answerOf(send(statementOf(statement))) : Promise.reject(new Error('transaction-over: the transaction ended')),
    later: (statement) => {
      if (!open) throw new Error('transaction-over: the transaction ended');
      waiting.push(statementOf(statement));
    },
  };
  try {
    const result = await work(tx);
    await send({ text: 'commit' }, handedOver);
    return result;
  } catch (error) {
    await client.query('rollback').catch((failure: Error) => {
      broken = failure;
    });
    throw translated(error);
  } finally {
    open = false;
    client.release(broken);
  }
};

/** Roles that are limited by settings of their own (roles.ts), which what a session asks for would lift. */
const limitedRoles: readonly (string | null)[] = ['ficha_reader', 'ficha_accessor'];

const statementLimit = (user: string | null, { statementTimeoutMs }: DatabaseOptions): readonly string[] =>
  statementTimeoutMs === undefined && limitedRoles.includes(user) ? [] : [`-c statement_timeout=${statementTimeoutMs ?? 60_000}`];

/** Settings of every connection; what the URL itself asks for through `options` comes first. */
const sessionOptions = (asked: string | null, user: string | null, options: DatabaseOptions): string =>
  [
    ...(asked === null ? [] : [asked]),
    '-c search_path=ficha',
    '-c TimeZone=UTC',
    '-c DateStyle=ISO',
    ...statementLimit(user, options),
    `-c lock_timeout=${options.lockTimeoutMs ?? 30_000}`,
    '-c idle_in_transaction_session_timeout=120000',
  ].join(' ');

/** What a break says is said again, as an error, by the next statement; unheard it would end the process. */
const unbroken = (client: pg.ClientBase): void => {
  client.on('error', () => undefined);
};

/** The configuration of one connection to `url`, with Ficha's session settings. */
const connectionConfig = (url: string, options: DatabaseOptions = {}): pg.ClientConfig => {
  const target = new URL(url);
  const asked = target.searchParams.get('options');
  target.searchParams.delete('options');
  return {
    connectionString: target.href,
    options: sessionOptions(asked, target.username || target.searchParams.get('user'), options),
    application_name: options.applicationName ?? 'ficha',
    connectionTimeoutMillis: options.connectTimeoutMs ?? 10_000,
    types,
  };
};

/** One connection to `url` outside any pool, for work that keeps a session to itself. Not yet connected. */
export function ownConnection(url: string, options: DatabaseOptions = {}): pg.Client {
  const client = new pg.Client(connectionConfig(url, options));
  unbroken(client);
  return client;
}

/** Opens a pool on `url` (a role of `roles.ts`) with `search_path = ficha`. Connects at the first statement. */
export function openDatabase(url: string, options: DatabaseOptions = {}): Database {
  const pool = new pg.Pool({ ...connectionConfig(url, options), max: options.max ?? 10, idleTimeoutMillis: 30_000 });
  // an idle connection that breaks is replaced at the next statement, which reports what is wrong
  pool.on('error', () => undefined);
  pool.on('connect', unbroken);
  return {
    query: (statement) => answerOf(pool.query(statementOf(statement))),
    transaction: (work, handedOver) => inTransaction(pool, work, handedOver),
    end: () => pool.end(),
  };
}
