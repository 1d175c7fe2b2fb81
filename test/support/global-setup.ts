import type { TestProject } from 'vitest/node';
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

/** Runs once per vitest run; nothing is booted until a test asks. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const shared = await shareOnDemand({
    postgres: startSharedPostgres,
    temporal: startSharedTemporal,
    'time-skipping': findTimeSkippingServer,
  });
  project.provide('sharedServers', shared.url);
  return () => shared.stop();
}
