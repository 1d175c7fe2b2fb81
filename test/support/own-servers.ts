import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import pg from 'pg';
import { type EmbeddedPostgresServer, startEmbeddedPostgres } from '../../runtime/embedded-postgres.ts';
import { freePort } from '../../runtime/free-port.ts';
import { livingProcessOf } from '../../runtime/process-identity.ts';
import { startTemporalServer, type TemporalServer } from '../../runtime/temporal-server.ts';
import { dataConverter } from '../../platform/codec.ts';
import { migrate } from '../../store/migrate.ts';
import { openDatabase } from '../../store/database.ts';
import { ensureRoles, roleUrl } from '../../store/roles.ts';
import { testKeyRing } from './keys.ts';
import { testPayloadKeys } from './payload-keys.ts';
import type { TestDatabase } from './postgres.ts';

const say = (): void => undefined;
const smallDiskBytes = 512 * 1024 * 1024;
const settings = [
  'shared_buffers=16MB',
  'max_connections=100',
  'wal_recycle=off',
  'wal_init_zero=on',
  'min_wal_size=32MB',
  'max_wal_size=64MB',
];

/** A PostgreSQL and a Temporal server of one test, which it may break. */
export interface OwnServers {
  readonly client: Client;
  readonly connection: NativeConnection;
  /** Where both keep everything: data, logs, and what they write for a moment. */
  readonly folder: string;
  /** A new database, copied from the migrated one. */
  readonly database: () => Promise<TestDatabase>;
  /** SIGKILL; the file that it kept stays. */
  readonly killTemporal: () => void;
  readonly startTemporal: () => Promise<void>;
  /** The shutdown that PostgreSQL calls immediate: no checkpoint, every connection cut. */
  readonly stopPostgresAtOnce: () => Promise<void>;
  readonly startPostgres: () => Promise<void>;
  /** Leaves not a byte on the disk of PostgreSQL, which is its own. @returns what gives the room back */
  readonly fillDisk: () => () => void;
  /** Whether PostgreSQL has said so far that it had no room. */
  readonly saysFull: () => boolean;
  /** Whether it had said so when the room was given back. */
  readonly ranOutOfSpace: () => boolean;
  readonly stop: () => Promise<void>;
}

/** Only who may mount can give PostgreSQL a disk of its own that can be filled. */
export const mayMount = process.getuid?.() === 0 && process.platform === 'linux';

const mounted = (folder: string): void => {
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${smallDiskBytes}`, 'tmpfs', folder]);
  if (status !== 0) throw new Error(`no small disk for PostgreSQL: ${stderr.toString()}`);
};

const openAll = (ownerUrl: string, drop: () => Promise<void>): TestDatabase => {
  const keys = testKeyRing();
  const urls = {
    owner: ownerUrl,
    worker: roleUrl(ownerUrl, 'ficha_worker', keys),
    reader: roleUrl(ownerUrl, 'ficha_reader', keys),
    accessor: roleUrl(ownerUrl, 'ficha_accessor', keys),
  };
  const open = {
    owner: openDatabase(urls.owner, { max: 2 }),
    worker: openDatabase(urls.worker, { max: 8 }),
    reader: openDatabase(urls.reader, { max: 2 }),
    accessor: openDatabase(urls.accessor, { max: 1 }),
  };
  const end = async (): Promise<void> => {
    await Promise.all(Object.values(open).map((database) => database.end()));
    await drop();
  };
  return { ...open, urls, drop: end };
};

const copied = async ({ adminUrl, ownerUrl }: EmbeddedPostgresServer): Promise<TestDatabase> => {
  const name = `test_${randomBytes(8).toString('hex')}`;
  const asAdmin = async (statement: string): Promise<void> => {
    const admin = new pg.Client({ connectionString: adminUrl });
    await admin.connect();
    try {
      await admin.query(statement);
    } finally {
      await admin.end();
    }
  };
  await asAdmin(`create database ${name} owner ficha_owner template ficha`);
  const own = new URL(ownerUrl);
  own.pathname = `/${name}`;
  return openAll(own.href, () => asAdmin(`drop database ${name} with (force)`));
};

/** Starts both, over files that outlive them. `smallDisk`: PostgreSQL lies on a disk of its own. */
export async function startOwnServers({ smallDisk = false } = {}): Promise<OwnServers> {
  const folder = mkdtempSync(join(tmpdir(), 'ficha-own-servers-'));
  chmodSync(folder, 0o711); // as root the server runs as another user, who must be able to enter
  const disk = join(folder, 'disk');
  mkdirSync(disk, { mode: 0o711 });
  if (smallDisk) mounted(disk);
  chmodSync(disk, 0o711);
  const options = { dataDir: join(disk, 'data'), password: 'test', port: await freePort(), settings };
  let postgres: EmbeddedPostgresServer = await startEmbeddedPostgres(options);
  await ensureRoles(postgres.ownerUrl, testKeyRing());
  await migrate(postgres.ownerUrl);
  const temporalOptions = { say, folder, databaseFile: join(folder, 'temporal.db'), port: await freePort() };
  let temporal: TemporalServer = await startTemporalServer(temporalOptions);
  const { address } = temporal;
  const clientConnection = await Connection.connect({ address });
  const connection = await NativeConnection.connect({ address });
  let outOfSpace = false;
  const saysFull = (): boolean => readFileSync(`${options.dataDir}.log`, 'utf8').includes('No space left on device');
  const killed = (records: string, signal: NodeJS.Signals): void => {
    const pid = livingProcessOf(`${records}.pid`);
    if (pid !== undefined) process.kill(pid, signal);
  };
  return {
    client: new Client({ connection: clientConnection, dataConverter: dataConverter(testKeyRing(), testPayloadKeys) }),
    connection,
    folder,
    database: () => copied(postgres),
    killTemporal: () => killed(join(folder, 'temporal'), 'SIGKILL'),
    startTemporal: async () => {
      temporal = await startTemporalServer(temporalOptions);
    },
    stopPostgresAtOnce: async () => {
      killed(options.dataDir, 'SIGQUIT');
      while (livingProcessOf(`${options.dataDir}.pid`) !== undefined) await delay(20);
    },
    startPostgres: async () => {
      postgres = await startEmbeddedPostgres(options);
    },
    fillDisk: () => {
      const ballast = join(disk, 'ballast');
      const block = Buffer.alloc(64 * 1024);
      const { bavail, bsize } = statfsSync(disk);
      writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - block.length)));
      try {
        for (;;) writeFileSync(ballast, block, { flag: 'a' });
      } catch {
        // the disk is full
      }
      return () => {
        outOfSpace ||= saysFull();
        rmSync(ballast, { force: true });
      };
    },
    saysFull,
    ranOutOfSpace: () => outOfSpace,
    stop: async () => {
      await clientConnection.close();
      await connection.close();
      await Promise.all([temporal.stop(), postgres.stop()]);
      if (smallDisk) spawnSync('umount', [disk]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
