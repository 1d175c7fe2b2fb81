import type pg from 'pg';
import { type Db, sql } from '../database.ts';

/** One table as a backup sees it. */
export interface TableFacts {
  readonly name: string;
  readonly primaryKey: readonly string[];
  readonly columns: readonly string[];
  /** A column that refers to the table itself: its rows without it come first. */
  readonly ownReference: string | null;
}

/** One connection as what runs a statement. */
export const asDb = (client: pg.Client): Db => ({
  query: async <Row extends object>(statement: Parameters<Db['query']>[0]) => {
    const { rows, rowCount } = await client.query<Row>({ text: statement.text, values: statement.values });
    return { rows, rowCount: rowCount ?? 0 };
  },
});

/** Tables whose rows say what was erased, held and done: newer ones win over an older backup. They hold nobody in clear. */
export const ledgerTables: readonly string[] = [
  'linked_system',
  'subject_key',
  'privacy_request',
  'request_duplicate',
  'plan_line',
  'evidence',
  'evidence_file',
  'effect',
  'tombstone',
  'read_again',
  'restriction',
  'blocked_record',
  'blocked_release',
  'suppression_list',
  'audit_entry',
  'audit_head',
  'access_log',
];

interface Reference {
  readonly name: string;
  readonly target: string;
  readonly column: string;
}

const references = async (db: Db): Promise<Reference[]> => {
  const { rows } = await db.query<Reference>(sql`
    select c.conrelid::regclass::text as name, c.confrelid::regclass::text as target, a.attname as "column"
      from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
     where c.contype = 'f' and c.connamespace = 'ficha'::regnamespace`);
  return rows;
};

/** Every table of the schema but the list of migrations, in an order in which rows find what they refer to. */
export async function tablesInOrder(db: Db): Promise<TableFacts[]> {
  const { rows } = await db.query<{ name: string; columns: string[]; primaryKey: string[] }>(sql`
    select c.relname as name,
           array(select a.attname::text from pg_attribute a
                  where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by a.attnum) as columns,
           array(select a.attname::text from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = any(i.indkey)
                  where i.indrelid = c.oid and i.indisprimary order by a.attnum) as "primaryKey"
      from pg_class c
     where c.relkind = 'r' and c.relnamespace = 'ficha'::regnamespace and c.relname <> 'schema_migration'
     order by c.relname`);
  const refers = await references(db);
  const left = new Map(rows.map((row) => [row.name, row]));
  const ordered: TableFacts[] = [];
  while (left.size > 0) {
    const free = [...left.values()].filter(({ name }) =>
      refers.every((one) => one.name !== name || one.target === name || !left.has(one.target)),
    );
    // a circle of references could not be loaded row by row; there is none, and a new one must be thought about
    if (free.length === 0) throw new Error(`tables refer to each other in a circle: ${[...left.keys()].join(', ')}`);
    for (const row of free) {
      left.delete(row.name);
      const own = refers.find((one) => one.name === row.name && one.target === row.name);
      ordered.push({ ...row, ownReference: own?.column ?? null });
    }
  }
  return ordered;
}
