import pg from 'pg';
import { ownConnection } from '../database.ts';
import { translated } from '../database-error.ts';
import { asDb, ledgerTables, type TableFacts, tablesInOrder } from './tables.ts';

/** A line of a backup: what it is, or a batch of rows of one table. */
export type BackupLine =
  | {
      readonly kind: 'head';
      readonly version: 1;
      readonly scope: 'all' | 'ledger';
      readonly migrations: readonly string[];
      readonly at: string;
    }
  | { readonly kind: 'rows'; readonly table: string; readonly rows: readonly unknown[] }
  | { readonly kind: 'end'; readonly rows: number };

const BATCH = 1_000;

const rowsOf = async function* (client: pg.Client, { name, ownReference }: TableFacts): AsyncGenerator<readonly unknown[]> {
  const order = ownReference === null ? '' : `order by t.${pg.escapeIdentifier(ownReference)} nulls first`;
  await client.query(`declare batch cursor for select to_jsonb(t) as row from ficha.${pg.escapeIdentifier(name)} t ${order}`);
  for (;;) {
    const { rows } = await client.query<{ row: unknown }>(`fetch ${BATCH} from batch`);
    if (rows.length === 0) break;
    yield rows.map(({ row }) => row);
  }
  await client.query('close batch');
};

/**
 * Everything in the database as one moment saw it, or only what says who was erased (`ledger`). Memory does not grow with it.
 * @param ownerUrl of the role that owns the schema
 */
export async function* dump(ownerUrl: string, scope: 'all' | 'ledger', now: Date): AsyncGenerator<BackupLine> {
  const client = ownConnection(ownerUrl, { statementTimeoutMs: 0 });
  await client.connect();
  let count = 0;
  try {
    await client.query('begin transaction isolation level repeatable read read only');
    const { rows: applied } = await client.query<{ name: string }>('select name from ficha.schema_migration order by id');
    yield { kind: 'head', version: 1, scope, migrations: applied.map(({ name }) => name), at: now.toISOString() };
    for (const table of await tablesInOrder(asDb(client))) {
      if (scope === 'ledger' && !ledgerTables.includes(table.name)) continue;
      for await (const rows of rowsOf(client, table)) {
        count += rows.length;
        yield { kind: 'rows', table: table.name, rows };
      }
    }
    yield { kind: 'end', rows: count };
  } catch (error) {
    throw translated(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}
