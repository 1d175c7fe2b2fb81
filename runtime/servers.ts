import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Analytics, openAnalytics } from '../analytics/clickhouse.ts';
import type { KeyRing } from '../platform/keys.ts';
import type { Settings } from '../platform/settings.ts';
import { type Database, openDatabase } from '../store/database.ts';
import { migrate } from '../store/migrate.ts';
import { scrub, type Scrubbed, type ScrubOptions } from '../store/scrub.ts';
import { ensureRoles, roleUrl } from '../store/roles.ts';
import { startEmbeddedPostgres } from './embedded-postgres.ts';
import { freePort } from './free-port.ts';
import { collectStops } from './stops.ts';
import { startTemporalServer } from './temporal-server.ts';

/** The three databases behind Ficha, embedded or yours, and how to leave them. */
export interface Servers {
  readonly worker: Database;
  readonly reader: Database;
  readonly accessor: Database;
  readonly analytics: Analytics;
  readonly temporalAddress: string;
  /** By the role that owns the database. */
  readonly scrub: (options: ScrubOptions) => Promise<Scrubbed>;
  stop(): Promise<void>;
}

type Say = (line: string) => void;

/** A password that the embedded default makes once and keeps where only its user reads. */
function keptPassword(home: string): string {
  const file = join(home, 'keys', 'postgres.password');
  if (!existsSync(file)) {
    mkdirSync(join(home, 'keys'), { recursive: true, mode: 0o700 });
    writeFileSync(file, randomBytes(24).toString('base64url'), { mode: 0o600 });
  }
  return readFileSync(file, 'utf8').trim();
}

/** The database by the role that owns it: yours, or the embedded server, started. */
export async function databaseOwner(
  settings: Settings,
  say: Say,
): Promise<{ readonly ownerUrl: string; readonly stop: () => Promise<void> }> {
  if (settings.databaseUrl !== undefined) return { ownerUrl: settings.databaseUrl, stop: async () => {} };
  say('PostgreSQL: starting the embedded server');
  return await startEmbeddedPostgres({
    dataDir: join(settings.home, 'postgres'),
    password: keptPassword(settings.home),
    port: await freePort(5460),
  });
}

async function temporalOf(
  settings: Settings,
  say: Say,
): Promise<{ readonly address: string; readonly stop: () => Promise<void> }> {
  const { address } = settings.temporal;
  if (address !== undefined) return { address, stop: async () => {} };
  const folder = join(settings.home, 'temporal');
  mkdirSync(folder, { recursive: true });
  say('Temporal: starting the embedded server');
  const { namespace } = settings.temporal;
  return await startTemporalServer({
    say,
    folder,
    databaseFile: join(folder, 'temporal.db'),
    port: await freePort(7233),
    namespace,
  });
}

/** Starts or reaches PostgreSQL (migrated, roles made), Temporal and ClickHouse. What was started is stopped again when one fails. */
export async function startServers(settings: Settings, keys: KeyRing, say: Say): Promise<Servers> {
  const stops = collectStops();
  const started = <S extends { readonly stop: () => Promise<void> }>(server: S): S => {
    stops.add(server.stop);
    return server;
  };
  try {
    const [postgres, temporal] = await both(databaseOwner(settings, say).then(started), temporalOf(settings, say).then(started));
    await ensureRoles(postgres.ownerUrl, keys);
    const applied = await migrate(postgres.ownerUrl);
    if (applied.length > 0) say(`PostgreSQL: ${applied.length} migration${applied.length === 1 ? '' : 's'} applied`);
    const open = (role: Parameters<typeof roleUrl>[1], max: number): Database => {
      const database = openDatabase(roleUrl(postgres.ownerUrl, role, keys), { max, applicationName: role });
      stops.add(() => database.end());
      return database;
    };
    say('ClickHouse: opening');
    const analytics = openAnalytics({ ...settings.clickhouse, folder: join(settings.home, 'clickhouse') });
    stops.add(() => analytics.close());
    return {
      worker: open('ficha_worker', 12),
      reader: open('ficha_reader', 8),
      accessor: open('ficha_accessor', 4),
      analytics,
      temporalAddress: temporal.address,
      scrub: (options) => scrub(postgres.ownerUrl, options),
      stop: stops.stop,
    };
  } catch (error) {
    await stops.stop();
    throw error;
  }
}

/** Waits for both, so that what one of them started is known when the other fails. */
async function both<One, Other>(one: Promise<One>, other: Promise<Other>): Promise<[One, Other]> {
  await Promise.allSettled([one, other]);
  return [await one, await other];
}
