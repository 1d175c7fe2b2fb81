import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTemporalServer } from '../../runtime/temporal-server.ts';
import type { Shared } from './shared.ts';

/** One Temporal server for the whole run, in memory. */
export async function startSharedTemporal(): Promise<Shared> {
  const folder = mkdtempSync(join(tmpdir(), 'ficha-test-temporal-'));
  const server = await startTemporalServer({ folder, say: (line) => process.stderr.write(`${line}\n`) });
  return {
    facts: { address: server.address },
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
