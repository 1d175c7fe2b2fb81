import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { startEmbeddedPostgres } from '../runtime/embedded-postgres.ts';
import { type Database, openDatabase, sql } from '../store/database.ts';
import { migrate } from '../store/migrate.ts';
import { ensureRoles, roleUrl } from '../store/roles.ts';
import { type Incoming, resolverOf } from '../test/support/identity-scene.ts';
import { testKeyRing } from '../test/support/keys.ts';
import { cpuMs } from './cpu-time.ts';
import type { PersonRow } from './people-generator.ts';

/** A PostgreSQL of its own into which records are decided. */
export interface ResolveDatabase {
  readonly db: Database;
  readonly resolveOne: (limit: number) => Promise<number>;
  /** Milliseconds of processor so far: of this process, which is the worker, and of PostgreSQL's connections. */
  readonly processor: () => Promise<{ readonly worker: number; readonly postgres: number }>;
  readonly stop: () => Promise<void>;
}

/** @param kept a folder that keeps the data for the next run; one that goes away when left out */
export async function startResolveDatabase(kept?: string): Promise<ResolveDatabase> {
  const folder = kept ?? mkdtempSync(join(tmpdir(), 'ficha-bench-'));
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o711);
  const settings = ['shared_buffers=512MB', 'max_wal_size=4GB', 'random_page_cost=1.1'];
  const server = await startEmbeddedPostgres({ dataDir: join(folder, 'data'), password: 'bench', settings });
  const keys = testKeyRing();
  await ensureRoles(server.ownerUrl, keys);
  await migrate(server.ownerUrl);
  const db = openDatabase(roleUrl(server.ownerUrl, 'ficha_worker', keys), { max: 6, statementTimeoutMs: 600_000 });
  const owner = openDatabase(server.ownerUrl, { max: 1 });
  const serverPid = Number(readFileSync(join(folder, 'data', 'postmaster.pid'), 'utf8').split('\n', 1)[0]);
  await db.query(sql`
    insert into linked_system (id, connector, title)
    select s, 'spreadsheet', s from unnest(${['crm', 'erp', 'mailer', 'sheet', 'helpdesk']}::text[]) s
    on conflict do nothing`);
  const { resolveBatch } = resolverOf(db);
  return {
    db,
    resolveOne: async (limit) =>
      ((await new MockActivityEnvironment().run(resolveBatch, { limit })) as { readonly taken: number }).taken,
    processor: async () => {
      const { user, system } = process.cpuUsage();
      return { worker: (user + system) / 1_000, postgres: await cpuMs(owner, serverPid) };
    },
    stop: async () => {
      await owner.end();
      await db.end();
      await server.stop();
      if (kept === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** An invented person as a sync would bring it. */
export function incomingPerson(row: PersonRow): Incoming {
  const fields = {
    givenName: row.givenName,
    familyName: row.surname,
    birthDate: row.birthDate,
    taxId: row.taxId,
    emails: row.email === '' ? '' : [row.email],
    phones: row.phone === '' ? '' : [row.phone],
    addresses: row.postcode + row.city === '' ? '' : [{ postcode: row.postcode, city: row.city }],
    country: 'ES',
  };
  const canonical = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));
  return { system: row.source, kind: 'person', externalId: row.uniqueId, canonical };
}
