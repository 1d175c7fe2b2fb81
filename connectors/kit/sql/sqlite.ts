import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { FichaError } from '../../../domain/record/error.ts';
import { type DatabasePlace, type Driver, type Failing, plainRows, type Row, SqlFailure } from './driver.ts';
import { plainValues } from './statement.ts';

/** What is used of libsql, which need not be installed. */
interface SqliteFile {
  pragma(text: string): unknown;
  prepare(text: string): {
    readonly reader: boolean;
    safeIntegers(on: boolean): unknown;
    all(...values: readonly unknown[]): readonly Row[];
    run(...values: readonly unknown[]): { readonly changes: number };
  };
  close(): void;
}

type Sqlite = new (file: string, options: { readonly timeout: number }) => SqliteFile;

/** How long a statement waits for another program that writes. */
const busyMs = 5_000;

function library(systemId: string): Sqlite {
  try {
    return createRequire(import.meta.url)('libsql') as Sqlite; // only what is declared above is used
  } catch (cause) {
    throw new FichaError('driver-missing', `${systemId}: SQLite needs the package libsql: npm install libsql`, { cause });
  }
}

/** @see https://www.sqlite.org/rescode.html, read 2026-11-29 */
function kindOf(code: string, message: string): Failing {
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) return 'busy';
  if (code.startsWith('SQLITE_READONLY') || code === 'SQLITE_PERM' || code === 'SQLITE_AUTH') return 'right';
  if (code === 'SQLITE_CONSTRAINT_FOREIGNKEY') return 'referred';
  return /^no such (table|column)/.test(message) ? 'schema' : 'other';
}

function opened({ systemId, file, readOnly }: DatabasePlace): SqliteFile {
  if (!existsSync(file))
    throw new FichaError('database-missing', `${systemId}: there is no file where database.file says; none is made`);
  try {
    const base = new (library(systemId))(file, { timeout: busyMs });
    base.pragma('foreign_keys = on');
    if (readOnly) base.pragma('query_only = on');
    return base;
  } catch (cause) {
    if (cause instanceof FichaError) throw cause;
    throw new FichaError(
      'database-unreadable',
      `${systemId}: the file of database.file is no SQLite database, or may not be read`,
      {
        cause,
      },
    );
  }
}

export function openSqlite(place: DatabasePlace): Driver {
  let base: SqliteFile | undefined;
  return {
    run: async (statement) => {
      base ??= opened(place);
      try {
        const prepared = base.prepare(statement.parts.join('?'));
        prepared.safeIntegers(true);
        const values = plainValues(statement).map((value) => (Number.isSafeInteger(value) ? BigInt(Number(value)) : value));
        if (prepared.reader) {
          const rows = plainRows(prepared.all(...values));
          return await Promise.resolve({ rows, touched: rows.length });
        }
        return { rows: [], touched: prepared.run(...values).changes };
      } catch (error) {
        const { code = '', message } = error as { readonly code?: string; readonly message: string }; // of libsql
        const kind = kindOf(code, message);
        throw new SqlFailure(kind, code, error, kind === 'schema' ? message : '');
      }
    },
    close: async () => {
      base?.close();
      base = undefined;
      return await Promise.resolve();
    },
  };
}
