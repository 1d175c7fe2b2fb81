import { createRequire } from 'node:module';
import { join } from 'node:path';
import pg from 'pg';
import { testDatabase } from './postgres.ts';
import { startMariadb } from './real/mariadb.ts';
import { orLeftOut, RealSystemUnavailable } from './real/real-system.ts';

/** One shop's database, with its owner's hand on it. */
export interface SqlShop {
  readonly title: string;
  /** The line `database:` of the manifest. */
  readonly database: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly password: string;
  sql(...statements: readonly string[]): Promise<void>;
  /** Every row of every table: what a write would change. */
  dump(): Promise<string>;
  /** From now on the opt-out of a customer is put back, silently. */
  readonly deafTrigger: readonly string[];
  stop(): Promise<void>;
}

const tables = [
  `create table customer (id integer primary key, first_name varchar(80) not null, last_name varchar(80), email varchar(200), phone varchar(40),
   newsletter varchar(5), updated_at timestamp not null)`,
  'create table deleted_customer (id integer primary key)',
  'create table note (id integer primary key, customer_id integer not null references customer (id), body varchar(500), written_at timestamp not null)',
  `create table orders (id integer primary key, customer_id integer not null references customer (id), total_cents bigint not null,
   ordered_at timestamp not null)`,
];
const inMysql = tables.map((table) =>
  table
    .replaceAll(/timestamp not null/g, 'datetime(6) not null')
    .replace(/ references customer \(id\)(.*)\)$/s, '$1, foreign key (customer_id) references customer (id))'),
);
const dumped = ['customer', 'deleted_customer', 'note', 'orders'];

/** The manifest's line for a server that is signed in to. */
const served = (kind: string): string =>
  `database: { kind: ${kind}, host: "{config.host}", port: "{config.port}", name: "{config.name}", user: "{config.user}", secret: password }`;

async function onPostgresql(): Promise<SqlShop> {
  const made = await testDatabase({ empty: true });
  const url = new URL(made.urls.owner);
  const client = new pg.Client({ connectionString: made.urls.owner });
  await client.connect();
  const sql = async (...statements: readonly string[]): Promise<void> => {
    for (const statement of statements) await client.query(statement);
  };
  await sql(...tables);
  return {
    title: 'PostgreSQL',
    database: served('postgresql'),
    config: { host: url.hostname, port: Number(url.port), name: url.pathname.slice(1), user: url.username },
    password: decodeURIComponent(url.password),
    sql,
    dump: async () => {
      const all: unknown[] = [];
      for (const table of dumped) all.push((await client.query(`select * from ${table} order by id`)).rows);
      return JSON.stringify(all);
    },
    deafTrigger: [
      'create function keep_newsletter() returns trigger language plpgsql as $$ begin new.newsletter := old.newsletter; return new; end $$',
      'create trigger deaf before update on customer for each row execute function keep_newsletter()',
    ],
    stop: async () => {
      await client.end();
      await made.drop();
    },
  };
}

const require = createRequire(import.meta.url);

/** An optional package, or why its database is left out. */
function optional(system: string, name: string): unknown {
  try {
    return require(name) as unknown;
  } catch {
    throw new RealSystemUnavailable(system, `the optional package ${name} is not installed; run npm install`);
  }
}

async function onMariadb(dir: string): Promise<SqlShop> {
  optional('MariaDB', 'mysql2/promise');
  const server = await startMariadb({ dir });
  const password = 'shop-secret';
  await server.sql(
    `create database shop; create user ficha@'127.0.0.1' identified by '${password}'; grant all on shop.* to ficha@'127.0.0.1'`,
  );
  const sql = async (...statements: readonly string[]): Promise<void> => {
    for (const statement of statements) await server.sql(statement, 'shop');
  };
  await sql(...inMysql);
  return {
    title: 'MariaDB',
    database: served('mysql'),
    config: { host: '127.0.0.1', port: server.port, name: 'shop', user: 'ficha' },
    password,
    sql,
    dump: () => server.sql(dumped.map((table) => `select * from ${table} order by id`).join(';'), 'shop'),
    deafTrigger: ['create trigger deaf before update on customer for each row set new.newsletter = old.newsletter'],
    stop: () => server.stop(),
  };
}

interface SqliteFile {
  exec(text: string): void;
  prepare(text: string): { all(): unknown };
  close(): void;
}

async function onSqlite(dir: string): Promise<SqlShop> {
  const Sqlite = optional('SQLite', 'libsql') as new (file: string) => SqliteFile; // only what is declared above is used
  const file = join(dir, 'shop.db');
  const base = new Sqlite(file);
  const sql = (...statements: readonly string[]): Promise<void> => {
    for (const statement of statements) base.exec(statement);
    return Promise.resolve();
  };
  await sql(...tables);
  return {
    title: 'SQLite',
    database: 'database: { kind: sqlite, file: "{config.file}" }',
    config: { file },
    password: '',
    sql,
    dump: () => Promise.resolve(JSON.stringify(dumped.map((table) => base.prepare(`select * from ${table} order by id`).all()))),
    deafTrigger: [
      `create trigger deaf after update of newsletter on customer when new.newsletter is not old.newsletter
       begin update customer set newsletter = old.newsletter where id = new.id; end`,
    ],
    stop: () => Promise.resolve(base.close()),
  };
}

/** The shop on each database: PostgreSQL, MariaDB where it can be installed, SQLite. */
export async function sqlShops(folder: () => string): Promise<readonly (readonly [string, SqlShop])[]> {
  const shops = [await onPostgresql(), ...(await orLeftOut(onMariadb(folder()))), ...(await orLeftOut(onSqlite(folder())))];
  return shops.map((shop) => [shop.title, shop] as const);
}
