import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import pg from 'pg';
import { testDatabase } from './postgres.ts';
import { startMariadb } from './real/mariadb.ts';
import { orLeftOut, RealSystemUnavailable } from './real/real-system.ts';

type SqlRow = Readonly<Record<string, unknown>>;

/** One shop's database, with its owner's hand on it. */
export interface SqlShop {
  readonly title: string;
  /** The line `database:` of the manifest. */
  readonly database: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly password: string;
  sql(...statements: readonly string[]): Promise<void>;
  rows(text: string): Promise<readonly SqlRow[]>;
  /** A wrong password is let in too. */
  readonly letsAnyoneIn: boolean;
  /** From now on the opt-out of a customer is put back, silently. */
  readonly deafTrigger: readonly string[];
  readonly hearAgain: string;
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

/** Every row of every table: what a write would change. */
export async function dumpOf(shop: SqlShop): Promise<string> {
  const all: unknown[] = [];
  for (const table of ['customer', 'deleted_customer', 'note', 'orders'])
    all.push(await shop.rows(`select * from ${table} order by id`));
  return JSON.stringify(all);
}

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
    rows: async (text) => (await client.query<SqlRow>(text)).rows,
    letsAnyoneIn: true, // the tests' own computer
    hearAgain: 'drop trigger deaf on customer',
    deafTrigger: [
      'create or replace function keep_newsletter() returns trigger language plpgsql as $$ begin new.newsletter := old.newsletter; return new; end $$',
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

interface Mysql {
  createConnection(options: object): Promise<{ query(text: string): Promise<[unknown, unknown]>; end(): Promise<void> }>;
}

async function onMariadb(dir: string): Promise<SqlShop> {
  const mysql = optional('MariaDB', 'mysql2/promise') as Mysql; // only what is declared above is used
  const server = await startMariadb({ dir });
  const password = 'shop-secret';
  await server.sql(
    `create database shop character set utf8mb4; create user ficha@'127.0.0.1' identified by '${password}'; grant all on shop.* to ficha@'127.0.0.1'`,
  );
  const hand = await mysql.createConnection({ host: '127.0.0.1', port: server.port, user: 'ficha', password, database: 'shop' });
  const sql = async (...statements: readonly string[]): Promise<void> => {
    for (const statement of statements) await hand.query(statement);
  };
  await sql(...inMysql);
  return {
    title: 'MariaDB',
    database: served('mysql'),
    config: { host: '127.0.0.1', port: server.port, name: 'shop', user: 'ficha' },
    password,
    sql,
    rows: async (text) => (await hand.query(text))[0] as SqlRow[], // of mysql2
    letsAnyoneIn: false,
    hearAgain: 'drop trigger deaf',
    deafTrigger: ['create trigger deaf before update on customer for each row set new.newsletter = old.newsletter'],
    stop: () => hand.end().then(() => server.stop()),
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
    rows: (text) => Promise.resolve(base.prepare(text).all() as SqlRow[]), // of libsql
    letsAnyoneIn: true,
    hearAgain: 'drop trigger deaf',
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

const howTo = readFileSync(join(import.meta.dirname, '../../docs/how-to/link-a-database.md'), 'utf8');
/** The manifest of the how-to, as it stands. */
export const publishedManifest = /```yaml\n(name: shop[\s\S]*?)```/.exec(howTo)?.[1] ?? '';

/** The same, but for where the database is; with changes. */
export const manifestFor = (shop: Pick<SqlShop, 'database'>, ...changes: readonly (readonly [string, string])[]): string =>
  [
    [/^database: .*$/m, shop.database] as const,
    [/^ {4}host:/m, '    file: { type: string }\n    host:'] as const,
    ...changes,
  ].reduce((text, [from, to]) => text.replace(from, to), publishedManifest);
