import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../runtime/embedded-postgres.ts';
import { migrate } from '../../store/migrate.ts';
import { ensureRoles } from '../../store/roles.ts';
import { testKeyRing } from './keys.ts';
import type { Shared } from './shared.ts';

const carefree = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=200', 'shared_buffers=64MB'];

/** One cluster for the whole run, without fsync, with the migrated database `ficha` as the template of every test database. */
export async function startSharedPostgres(): Promise<Shared> {
  const dataDir = mkdtempSync(join(tmpdir(), 'ficha-test-postgres-'));
  // as root the server runs as another user, who must be able to enter
  chmodSync(dataDir, 0o711);
  const server = await startEmbeddedPostgres({ dataDir: join(dataDir, 'data'), password: 'test', settings: carefree });
  await ensureRoles(server.ownerUrl, testKeyRing());
  await migrate(server.ownerUrl);
  const admin = new pg.Client({ connectionString: server.adminUrl });
  await admin.connect();
  await admin.query('alter role ficha_owner createdb');
  await admin.query('alter database ficha is_template true');
  await admin.end();
  return {
    facts: { adminUrl: server.adminUrl, ownerUrl: server.ownerUrl },
    stop: async () => {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
