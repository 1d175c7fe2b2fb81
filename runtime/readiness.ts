import type { Client } from '@temporalio/client';
import { sql } from '../store/database.ts';
import type { Servers } from './servers.ts';

/** Whether each server behind Ficha answers now. */
export async function readinessOf(servers: Servers, temporal: Client): Promise<Record<string, 'ready' | 'not ready'>> {
  const looks = {
    postgresql: () => servers.reader.query(sql`select 1 as one`),
    temporal: () => temporal.workflowService.getSystemInfo({}),
    clickhouse: () => servers.analytics.query('select 1 as one'),
  };
  const states = Object.entries(looks).map(async ([part, look]) => {
    const state = await Promise.resolve(look()).then(
      () => 'ready' as const,
      () => 'not ready' as const,
    );
    return [part, state] as const;
  });
  return Object.fromEntries(await Promise.all(states));
}
