import { checkServerIdentity, type ConnectionOptions } from 'node:tls';
import { Pool, types } from 'pg';
import { type DatabasePlace, type Driver, type Failing, plainRows, type Row, SqlFailure, tlsFailure } from './driver.ts';

const int8 = 20;
const texts: ReadonlySet<number> = new Set([1082, 1114, 1184]); // date, timestamp, timestamptz: as the server writes them

const parserOf = (oid: number, format?: 'text' | 'binary'): ((value: string) => unknown) => {
  if (texts.has(oid)) return (value) => value;
  if (oid === int8) return (value) => (Number.isSafeInteger(Number(value)) ? Number(value) : value);
  return types.getTypeParser(oid, format as 'text') as (value: string) => unknown; // the pool reads texts
};

/** @see https://www.postgresql.org/docs/current/errcodes-appendix.html, read 2026-11-29 */
function kindOf(code: string): Failing {
  if (code === '28P01' || code === '28000') return 'credentials';
  if (code === '42501' || code === '25006') return 'right';
  if (code === '42P01' || code === '42703' || code === '3D000' || code === '3F000') return 'schema';
  if (code === '23503' || code === '23001') return 'referred';
  if (code === '53300' || code === '57P03') return 'busy';
  if (code === '40001' || code === '40P01' || code === '55P03') return 'undone';
  if (code === '22P02' || code === '22003' || code === '22007' || code === '22008') return 'unheld';
  return /^[0-9A-Z]{5}$/.test(code) && !code.startsWith('08') && !code.startsWith('57') ? 'other' : 'lost';
}

/** Compared with the host of the settings: for a number pg would compare with `localhost`. */
const provenBy = ({ authority }: NonNullable<DatabasePlace['tls']>, host: string): ConnectionOptions => ({
  rejectUnauthorized: true,
  checkServerIdentity: (_, certificate) => checkServerIdentity(host, certificate),
  ...(authority === undefined ? {} : { ca: authority }),
});

export function openPostgresql(place: DatabasePlace): Driver {
  const { host, port, name, user, password, tls, timeoutMs, readOnly } = place;
  const pool = new Pool({
    host,
    port: port ?? 5432,
    database: name,
    user,
    password,
    ssl: tls === undefined ? false : provenBy(tls, host),
    max: 4,
    connectionTimeoutMillis: Math.min(timeoutMs, 10_000),
    statement_timeout: timeoutMs,
    query_timeout: timeoutMs,
    options: `-c TimeZone=UTC -c DateStyle=ISO${readOnly ? ' -c default_transaction_read_only=on' : ''}`,
    types: { getTypeParser: parserOf },
  });
  // a connection that the server ended is made anew; in use, its next statement says so
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return {
    run: async ({ parts, values }) => {
      const text = parts.map((part, index) => (index === 0 ? part : `$${index}${part}`)).join('');
      const query = { text, values: [...values], queryMode: 'extended' }; // never the simple protocol, which takes several statements
      try {
        const { rows, rowCount } = await pool.query<Row>(query);
        return { rows: plainRows(rows), touched: rowCount ?? 0 };
      } catch (error) {
        const untrusted = tls === undefined ? undefined : tlsFailure(error);
        if (untrusted !== undefined) throw untrusted;
        const { code = '', message } = error as { readonly code?: string; readonly message: string }; // of pg
        const kind = kindOf(code);
        throw new SqlFailure(kind, code, error, kind === 'schema' ? message : '');
      }
    },
    close: () => pool.end(),
  };
}
