import { startTemporalServer } from '../../runtime/temporal-server.ts';
import type { Shared } from './shared.ts';

/** One Temporal server for the whole run, in memory. */
export async function startSharedTemporal(): Promise<Shared> {
  const server = await startTemporalServer({ say: (line) => process.stderr.write(`${line}\n`) });
  return { facts: { address: server.address }, stop: () => server.stop() };
}
