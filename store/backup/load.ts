import pg from 'pg';
import { FichaError } from '../../domain/record/error.ts';
import type { KeyRing } from '../../platform/keys.ts';
import { ownConnection } from '../database.ts';
import { translated } from '../database-error.ts';
import type { BackupLine } from './dump.ts';
import { type Reapplied, reapplyErasures } from './reapply.ts';
import { asDb, ledgerTables, type TableFacts, tablesInOrder } from './tables.ts';

export interface Restored extends Reapplied {
  readonly rows: number;
}

const quoted = pg.escapeIdentifier;

/** Rows of one batch; on a conflict the row that is there stays, or gives way. */
const insertRows = async (client: pg.Client, table: TableFacts, rows: readonly unknown[], newerWins: boolean): Promise<void> => {
  const columns = table.columns.map(quoted).join(', ');
  const others = table.columns
    .filter((column) => !table.primaryKey.includes(column))
    .map((column) => `${quoted(column)} = excluded.${quoted(column)}`);
  const conflict =
    newerWins && others.length > 0
      ? `on conflict (${table.primaryKey.map(quoted).join(', ')}) do update set ${others.join(', ')}`
      : 'on conflict do nothing';
  await client.query(
    `insert into ficha.${quoted(table.name)} (${columns}) overriding system value
     select ${columns} from jsonb_populate_recordset(null::ficha.${quoted(table.name)}, $1::jsonb) ${conflict}`,
    [JSON.stringify(rows)],
  );
};

/** Writes the lines of one backup. Whole or not at all: a file that was cut has no end. */
const take = async (
  client: pg.Client,
  tables: ReadonlyMap<string, TableFacts>,
  lines: AsyncIterable<BackupLine>,
  newerWins: boolean,
) => {
  let [count, ended] = [0, false];
  for await (const line of lines) {
    if (line.kind === 'end') ended = line.rows === count;
    if (line.kind !== 'rows') continue;
    const table = tables.get(line.table);
    if (table === undefined)
      throw new FichaError('backup-of-another-version', `the backup has a table ${line.table} that this Ficha does not know`);
    await insertRows(client, table, line.rows, newerWins && ledgerTables.includes(line.table));
    count += line.rows.length;
  }
  if (!ended) throw new FichaError('backup-cut', 'the backup ends before its end: the file was cut');
  return count;
};

const sequences = async (client: pg.Client): Promise<void> => {
  await client.query(`do $$ declare r record; begin
    for r in select c.relname as t, a.attname as a from pg_attribute a join pg_class c on c.oid = a.attrelid
              where c.relnamespace = 'ficha'::regnamespace and a.attidentity <> '' loop
      execute format('select setval(pg_get_serial_sequence(%L, %L), greatest(coalesce((select max(%I) from ficha.%I), 0), 1))',
                     'ficha.' || r.t, r.a, r.a, r.t);
    end loop;
  end $$`);
};

/**
 * Puts a backup in place of what is in the database, then what erasures have done since, all in one transaction: nobody reads a row of
 * an erased person in between. The ledgers are what the database itself holds now and those that are given: whatever is newer wins.
 * @param ledgers of the database as it is, and of files; n >= 0
 * @throws FichaError `backup-cut`, `backup-of-another-version`
 */
export async function load(
  ownerUrl: string,
  keys: KeyRing,
  backup: AsyncIterable<BackupLine>,
  ledgers: readonly AsyncIterable<BackupLine>[],
): Promise<Restored> {
  const client = ownConnection(ownerUrl, { statementTimeoutMs: 0 });
  await client.connect();
  try {
    await client.query('begin');
    const ordered = await tablesInOrder(asDb(client));
    const tables = new Map(ordered.map((table) => [table.name, table]));
    const every = ordered.map(({ name }) => `ficha.${quoted(name)}`);
    for (const name of every) await client.query(`alter table ${name} disable trigger user`);
    await client.query(`truncate ${every.join(', ')}`);
    const rows = await take(client, tables, backup, false);
    for (const ledger of ledgers) await take(client, tables, ledger, true);
    for (const name of every) await client.query(`alter table ${name} enable trigger user`);
    const reapplied = await reapplyErasures(asDb(client), keys); // with triggers: what is derived from a client goes with it
    await sequences(client);
    await client.query('commit');
    return { rows, ...reapplied };
  } catch (error) {
    throw translated(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}
