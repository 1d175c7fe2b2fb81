import type { TestProject } from 'vitest/node';
import { findTemporal } from '../../runtime/temporal-program.ts';
import { shareOnDemand } from './shared.ts';
import { startSharedPostgres } from './shared-postgres.ts';
import { startSharedTemporal } from './shared-temporal.ts';
import { findTimeSkippingServer } from './time-skipping-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of the servers that this run shares; see shared.ts. */
    sharedServers: string;
  }
}

/**
 * Runs once per vitest run. On a fresh machine the Temporal server is built first, once for the user: that takes minutes, more than a
 * test may wait. Nothing is booted until a test asks.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await findTemporal({ say: (line) => process.stderr.write(`${line}\n`) });
  const shared = await shareOnDemand({
    postgres: startSharedPostgres,
    temporal: startSharedTemporal,
    'time-skipping': findTimeSkippingServer,
  });
  project.provide('sharedServers', shared.url);
  return () => shared.stop();
}
