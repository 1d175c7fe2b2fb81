import pg from 'pg';
import type { LinkedSystem, RecordRef } from '../connectors/kit/contract.ts';
import { FichaError } from '../domain/record/error.ts';

/** Rows of one person by table: 27 in all. @see shared facts, privacy 1.1 */
const rowsAPerson = {
  customer: 1,
  address: 2,
  orders: 3,
  order_item: 6,
  payment: 3,
  ticket: 2,
  newsletter: 1,
  visit: 9,
} as const;
type Table = keyof typeof rowsAPerson;
const tables = Object.keys(rowsAPerson) as readonly Table[]; // of the object above
const owned = tables.filter((table) => table !== 'customer');

export const emailOf = (person: number): string => `person${person}@example.org`;

/** Makes the eight tables with 27 rows a person. @returns rows in all */
export async function loadEightTables(url: string, people: number): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`create table customer (id bigint primary key, email text not null, name text, phone text);
    create index on customer (email)`);
  await client.query(
    `insert into customer select n, 'person' || n || '@example.org', 'Person ' || n, '+346' || lpad(n::text, 8, '0') from generate_series(1, $1::int) n`,
    [people],
  );
  for (const table of owned) {
    await client.query(`create table ${table} (id bigint primary key, customer_id bigint not null, email text, note text)`);
    await client.query(
      `insert into ${table} select (n - 1) * $2::int + k, n, 'person' || n || '@example.org', 'note ' || k || repeat('x', 40)
         from generate_series(1, $1::int) n, generate_series(1, $2::int) k`,
      [people, rowsAPerson[table]],
    );
    await client.query(`create index on ${table} (customer_id)`);
  }
  await client.query('analyze');
  await client.end();
  return people * Object.values(rowsAPerson).reduce((sum, rows) => sum + rows, 0);
}

const found = (ref: RecordRef): { readonly table: Table; readonly id: string } => {
  const [table = '', id = ''] = ref.externalId.split(':');
  const known = tables.find((name) => name === table);
  if (known === undefined) throw new FichaError('unknown-record', 'no such table');
  return { table: known, id };
};

/** The eight tables as a linked system: found by e-mail, deleted and read back row by row. */
export function eightTables(pool: pg.Pool): LinkedSystem {
  const unused = (): never => {
    throw new FichaError('not-in-this-bench', 'the bench does not call it');
  };
  return {
    systemId: 'tables',
    capabilities: {
      kinds: ['person', 'interaction'],
      streams: [],
      incremental: false,
      lookup: true,
      contacts: [],
      suppress: false,
      erase: true,
      redact: false,
      export: true,
      verify: true,
    },
    check: () => Promise.resolve({ ok: true, problems: [] }),
    pull: unused,
    lookup: async (identifiers) => {
      const emails = identifiers.filter(({ kind }) => kind === 'email').map(({ value }) => value);
      if (emails.length === 0) return [];
      const parts = owned.map((table) => `select '${table}:' || t.id as id from ${table} t join who on t.customer_id = who.id`);
      const { rows } = await pool.query<{ id: string }>(
        `with who as (select id from customer where email = any($1)) select 'customer:' || id as id from who union all ${parts.join(' union all ')}`,
        [emails],
      );
      return rows.map(({ id }) => ({ kind: id.startsWith('customer:') ? 'person' : 'interaction', externalId: id }));
    },
    readConsent: () => Promise.resolve([]),
    suppress: unused,
    unsuppress: unused,
    erase: async (ref) => {
      const { table, id } = found(ref);
      await pool.query(`delete from ${table} where id = $1`, [id]);
      return { result: 'done', residue: [] };
    },
    export: async (ref) => {
      const { table, id } = found(ref);
      const { rows } = await pool.query<Record<string, unknown>>(`select * from ${table} where id = $1`, [id]);
      return rows[0] === undefined ? null : { ref, fields: rows[0], attachments: [] };
    },
    verify: async (ref) => {
      const { table, id } = found(ref);
      const { rowCount } = await pool.query(`select from ${table} where id = $1`, [id]);
      const count = rowCount ?? 0;
      return { result: count === 0 ? 'gone' : 'present', residue: [], count };
    },
    close: () => Promise.resolve(),
  };
}

/** How many rows of a person are left: the judge, who asks the tables and not Ficha. */
export async function rowsLeft(pool: pg.Pool, person: number): Promise<number> {
  let left = 0;
  for (const table of tables) {
    const { rows } = await pool.query<{ count: string }>(`select count(*) from ${table} where email = $1`, [emailOf(person)]);
    left += Number(rows[0]?.count ?? 0);
  }
  return left;
}
