import { existsSync, mkdirSync, rmdirSync, statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { FichaError } from '../domain/record/error.ts';
import { freePort } from './free-port.ts';
import {
  initialiseCluster,
  launchAs,
  passingClosedFolders,
  postgresProgram,
  postgresUser,
  type SystemUser,
} from './postgres-program.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';

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

const startMs = 60_000;
const freedMs = 15_000;
const pollMs = 25;

// what the server logs of a failed statement would hold row values: it keeps to the message (rule 9)
const ownSettings = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'log_min_error_statement=panic',
  'log_error_verbosity=terse',
  // an old segment of the write-ahead log goes, in place of waiting under a new name with what is in it: see store/scrub.ts
  'wal_recycle=off',
  'wal_init_zero=off',
];

const urlOf = (user: string, password: string, port: number, database: string): string =>
  `postgres://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;

/** The owner and its database, on the first start. */
const ensureOwner = async (admin: pg.Client, password: string): Promise<void> => {
  const { rows } = await admin.query<{ role: boolean; database: boolean }>(
    `select exists (select from pg_roles where rolname = 'ficha_owner') as role,
            exists (select from pg_database where datname = 'ficha') as database`,
  );
  if (rows[0]?.role !== true) {
    await admin.query(`create role ficha_owner login createrole password ${admin.escapeLiteral(password)}`);
  }
  if (rows[0]?.database !== true) await admin.query('create database ficha owner ficha_owner');
  await admin.query('grant pg_checkpoint to ficha_owner');
};

/** What the owner must be allowed in its own database to let go of old segments of the write-ahead log. */
const allowTurnOver = async (adminUrl: string): Promise<void> => {
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    await admin.query('grant execute on function pg_switch_wal() to ficha_owner');
  } finally {
    await admin.end();
  }
};

/** The folder on the way to `path` that other users may not enter, if there is one. */
const closedFolder = (path: string): string | undefined => {
  if ((statSync(path).mode & 0o001) === 0) return path;
  return dirname(path) === path ? undefined : closedFolder(dirname(path));
};

/**
 * Whom the server runs as. Root's place is taken by the user `postgres`, who must reach program and data: where a folder on the way is
 * closed, as /root is, the server may pass it.
 */
const serverUser = (dataDir: string): SystemUser | undefined => {
  const user = postgresUser();
  const first = user && (closedFolder(dirname(fileURLToPath(import.meta.url))) ?? closedFolder(dirname(dataDir)));
  if (user === undefined || first === undefined) return user;
  const passing = passingClosedFolders(user);
  if (passing !== undefined) return passing;
  throw new FichaError(
    'embedded-postgres-closed-folder',
    `PostgreSQL does not run as root, and its user may not enter ${first}. Move Ficha to a folder that others may enter ` +
      `(/opt, /srv), or chmod o+x ${first}, or install setpriv (util-linux), or run as another user, or set DATABASE_URL`,
  );
};

/** Starting up (class 57) and not listening yet are worth another try; any other answer is final. */
const notYet = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ECONNREFUSED' || error.code === '57P03');

/** How long a server that did not get its port may take to say so, while whoever has it answers in its place. */
const farewellMs = 3_000;

/** Waits until the server has ended, or not much longer. */
const farewell = async (server: ServerProcess): Promise<void> => {
  for (const end = Date.now() + farewellMs; server.running() && Date.now() < end; ) await delay(pollMs);
};

/** Connects as the superuser as soon as the server answers. */
const firstConnection = async (adminUrl: string, server: ServerProcess): Promise<pg.Client> => {
  const end = Date.now() + startMs;
  for (;;) {
    const admin = new pg.Client({ connectionString: adminUrl });
    try {
      await admin.connect();
      return admin;
    } catch (error) {
      if (!notYet(error) && !(error instanceof pg.DatabaseError)) await farewell(server);
      if (!notYet(error) || !server.running() || Date.now() > end) throw error;
    }
    await delay(pollMs);
  }
};

/** A server that was killed frees its folder only when the last of its processes has gone. */
const heldByTheDead = /lock file "postmaster.pid" already exists|shared memory block.* is still in use/;

/** Between looking for a free port and listening on it. */
const portTaken = /could not bind .*: Address already in use/;

const startError = (server: ServerProcess, { dataDir }: EmbeddedPostgresOptions, port: number, cause: unknown): FichaError => {
  const why = portTaken.test(server.lastWords())
    ? 'another program took that port in the same moment. Start Ficha again: it takes the next free one'
    : `${server.lastWords()} ${cause instanceof Error ? cause.message : ''}`.trim();
  return new FichaError('embedded-postgres-failed', `PostgreSQL did not start on port ${port}, data in ${dataDir}: ${why}`, {
    cause,
  });
};

/** Starts the server on its folder and waits until the superuser is in, trying again while a dead server still holds the folder. */
async function startServer(options: EmbeddedPostgresOptions, port: number, user: SystemUser | undefined): Promise<ServerProcess> {
  const settings = [...ownSettings, ...(options.settings ?? [])].flatMap((setting) => ['-c', setting]);
  const end = Date.now() + freedMs;
  for (;;) {
    const server = await startServerProcess({
      ...launchAs(user, postgresProgram('postgres'), ['-D', options.dataDir, '-p', String(port), ...settings]),
      records: options.dataDir,
      endSignal: 'SIGINT',
    });
    try {
      const admin = await firstConnection(urlOf('postgres', options.password, port, 'postgres'), server);
      try {
        await ensureOwner(admin, options.password);
        await allowTurnOver(urlOf('postgres', options.password, port, 'ficha'));
        return server;
      } finally {
        await admin.end();
      }
    } catch (cause) {
      await server.stop();
      if (!heldByTheDead.test(server.lastWords()) || Date.now() > end) throw startError(server, options, port, cause);
      await delay(4 * pollMs);
    }
  }
}

/**
 * Starts PostgreSQL from the npm package on `dataDir`, made on the first start; the caller sees to it that nobody else uses that
 * folder. Works as root too: the server then runs as `postgres`. One that a killed Ficha left running there is ended first.
 * @throws FichaError `embedded-postgres-missing`, `embedded-postgres-half-installed`, `embedded-postgres-closed-folder`, `embedded-postgres-failed`
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgresServer> {
  const { dataDir, password } = options;
  const port = options.port ?? (await freePort());
  mkdirSync(dirname(dataDir), { recursive: true });
  const user = serverUser(dataDir);
  if (!existsSync(join(dataDir, 'PG_VERSION'))) {
    if (existsSync(dataDir)) rmdirSync(dataDir); // only an empty folder gives way
    initialiseCluster(dataDir, password, user);
  }
  const server = await startServer(options, port, user);
  return {
    ownerUrl: urlOf('ficha_owner', password, port, 'ficha'),
    adminUrl: urlOf('postgres', password, port, 'postgres'),
    port,
    stop: () => server.stop(),
  };
}
