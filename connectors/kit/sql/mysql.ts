import { createRequire } from 'node:module';
import { isIP } from 'node:net';
import { FichaError } from '../../../domain/record/error.ts';
import {
  type DatabasePlace,
  type Driver,
  type Failing,
  plainRows,
  type Ran,
  type Row,
  SqlFailure,
  tlsFailure,
} from './driver.ts';
import { plainValues } from './statement.ts';

/** What is used of mysql2, which need not be installed. */
interface MysqlConnection {
  execute(options: { readonly sql: string; readonly timeout: number }, values: readonly unknown[]): Promise<[unknown, unknown]>;
  query(text: string): Promise<[unknown, unknown]>;
  release(): void;
  destroy(): void;
}

interface MysqlPool {
  getConnection(): Promise<MysqlConnection>;
  on(event: 'connection', listener: (connection: { query(text: string): void }) => void): void;
  end(): Promise<void>;
}

interface Mysql {
  createPool(options: Readonly<Record<string, unknown>>): MysqlPool;
}

function library(systemId: string): Mysql {
  try {
    return createRequire(import.meta.url)('mysql2/promise') as Mysql; // only what is declared above is used
  } catch (cause) {
    const say = `${systemId}: MySQL and MariaDB need the package mysql2: npm install mysql2`;
    throw new FichaError('driver-missing', say, { cause });
  }
}

/** @see https://mariadb.com/docs/server/reference/error-codes, read 2026-11-29 */
function kindOf(code: string): Failing {
  switch (code) {
    case 'ER_ACCESS_DENIED_ERROR':
    case 'ER_ACCESS_DENIED_NO_PASSWORD_ERROR':
      return 'credentials';
    case 'ER_DBACCESS_DENIED_ERROR':
    case 'ER_TABLEACCESS_DENIED_ERROR':
    case 'ER_COLUMNACCESS_DENIED_ERROR':
    case 'ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION':
      return 'right';
    case 'ER_NO_SUCH_TABLE':
    case 'ER_BAD_FIELD_ERROR':
    case 'ER_BAD_DB_ERROR':
      return 'schema';
    case 'ER_ROW_IS_REFERENCED':
    case 'ER_ROW_IS_REFERENCED_2':
      return 'referred';
    case 'ER_CON_COUNT_ERROR':
    case 'ER_TOO_MANY_USER_CONNECTIONS':
      return 'busy';
    case 'ER_TRUNCATED_WRONG_VALUE':
      return 'unheld';
    case 'ER_LOCK_DEADLOCK':
    case 'ER_LOCK_WAIT_TIMEOUT':
      return 'undone';
    default:
      return code.startsWith('ER_') ? 'other' : 'lost';
  }
}

const truncated = 1292;

/**
 * Whether the last statement cut a text to compare it with a number: MySQL reads `1 or 1=1` as 1, and `ana` as 0, which would be the row of
 * somebody else.
 */
async function hasCut(connection: MysqlConnection): Promise<boolean> {
  const [warnings] = await connection.query('show warnings');
  return (warnings as readonly { readonly Code: number }[]).some(({ Code }) => Code === truncated); // of MySQL
}

const nothing: Ran = { rows: [], touched: 0 };

/** Runs a statement; one that compared a number with a text that is none did nothing, and is taken back. */
async function runOn(connection: MysqlConnection, sql: string, values: readonly unknown[], timeout: number): Promise<Ran> {
  const plain = values.every((value) => typeof value !== 'string' || /^\d+$/.test(value));
  if (!plain) await connection.query('start transaction');
  const [result] = await connection.execute({ sql, timeout }, values);
  const cut = !plain && (await hasCut(connection));
  if (!plain) await connection.query(cut ? 'rollback' : 'commit');
  if (cut) return nothing;
  if (!Array.isArray(result)) return { rows: [], touched: (result as { readonly affectedRows: number }).affectedRows }; // of mysql2
  const rows = result as readonly Row[]; // of mysql2
  return { rows: plainRows(rows), touched: rows.length };
}

/** mysql2 does not look at the name in a certificate unless it is told to. */
const proven = { rejectUnauthorized: true, verifyIdentity: true, minVersion: 'TLSv1.2' } as const;

export function openMysql(place: DatabasePlace): Driver {
  const { systemId, host, port, name, user, password, tls, timeoutMs, readOnly } = place;
  if (tls !== undefined && isIP(host) !== 0)
    throw new FichaError(
      'setting-invalid',
      `${systemId}: a MySQL over TLS is named by name, as its certificate does, not by number`,
    );
  const pool = library(systemId).createPool({
    host,
    port: port ?? 3306,
    database: name,
    user,
    password,
    ...(tls === undefined ? {} : { ssl: { ...proven, ...(tls.authority === undefined ? {} : { ca: tls.authority }) } }),
    connectionLimit: 4,
    connectTimeout: Math.min(timeoutMs, 10_000),
    timezone: 'Z',
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: false,
  });
  pool.on('connection', (connection) => {
    connection.query("set time_zone = '+00:00', sql_mode = concat(@@sql_mode, ',STRICT_ALL_TABLES')");
    if (readOnly) connection.query('set session transaction read only');
  });
  return {
    run: async (statement) => {
      // whole numbers as texts: a number is sent as a double, which `limit` does not take
      const values = plainValues(statement).map((value) => (typeof value === 'number' ? String(value) : value));
      let connection: MysqlConnection | undefined;
      let broken = false;
      try {
        connection = await pool.getConnection();
        return await runOn(connection, statement.parts.join('?'), values, timeoutMs);
      } catch (error) {
        broken = true; // in the middle of a transaction, maybe
        const untrusted = tls === undefined ? undefined : tlsFailure(error);
        if (untrusted !== undefined) throw untrusted;
        const { code = '', sqlMessage = '' } = error as { readonly code?: string; readonly sqlMessage?: string }; // of mysql2
        const kind = kindOf(code);
        throw new SqlFailure(kind, code, error, kind === 'schema' ? sqlMessage : '');
      } finally {
        if (broken) connection?.destroy();
        else connection?.release();
      }
    },
    close: () => pool.end(),
  };
}
