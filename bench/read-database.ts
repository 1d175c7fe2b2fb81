import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testKeyRing } from '../test/support/keys.ts';
import { startEmbeddedPostgres } from '../runtime/embedded-postgres.ts';
import { type Database, openDatabase } from '../store/database.ts';
import { migrate } from '../store/migrate.ts';
import { ensureRoles, roleUrl } from '../store/roles.ts';

/** A PostgreSQL of its own, on the disk and with every write flushed, as a small server would be set. */
export interface ReadDatabase {
  readonly owner: Database;
  readonly worker: Database;
  readonly reader: Database;
  readonly accessor: Database;
  readonly ownerUrl: string;
  readonly workerUrl: string;
  readonly readerUrl: string;
  readonly accessorUrl: string;
  stop(): Promise<void>;
}

/** @param kept a folder that keeps the data for the next run; one that goes away when left out */
export async function startReadDatabase(kept?: string): Promise<ReadDatabase> {
  const folder = kept ?? mkdtempSync(join(tmpdir(), 'ficha-bench-'));
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o711);
  const settings = ['shared_buffers=512MB', 'max_connections=100', 'max_wal_size=4GB', 'random_page_cost=1.1'];
  const server = await startEmbeddedPostgres({ dataDir: join(folder, 'data'), password: 'bench', settings });
  const keys = testKeyRing();
  await ensureRoles(server.ownerUrl, keys);
  await migrate(server.ownerUrl);
  const urls = {
    reader: roleUrl(server.ownerUrl, 'ficha_reader', keys),
    accessor: roleUrl(server.ownerUrl, 'ficha_accessor', keys),
    worker: roleUrl(server.ownerUrl, 'ficha_worker', keys),
  };
  const worker = openDatabase(urls.worker, { max: 10, statementTimeoutMs: 1_800_000 });
  const owner = openDatabase(server.ownerUrl, { max: 2, statementTimeoutMs: 1_800_000 });
  const reader = openDatabase(urls.reader, { max: 8 });
  const accessor = openDatabase(urls.accessor, { max: 4 });
  return {
    owner,
    worker,
    reader,
    accessor,
    ownerUrl: server.ownerUrl,
    workerUrl: urls.worker,
    readerUrl: urls.reader,
    accessorUrl: urls.accessor,
    stop: async () => {
      await Promise.all([owner.end(), worker.end(), reader.end(), accessor.end()]);
      await server.stop();
      if (kept === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Value at a share of the sorted list, 0.99 for the 99th percentile. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
