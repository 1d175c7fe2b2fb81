import type { Client } from '@temporalio/client';
import type { Database } from '../store/database.ts';
import { systemsWithOpenEvents } from '../store/write/webhook-events.ts';
import { taskQueue, webhooksCameSignal, workflowIdOf } from '../workflows/messages.ts';

interface Means {
  readonly db: Database;
  readonly temporal: Client;
}

/** Tells the workflow of every system that has webhooks waiting; one that does not run is started. @returns those systems */
export async function tellOfWebhooks({ db, temporal }: Means): Promise<readonly string[]> {
  const systemIds = await systemsWithOpenEvents(db);
  for (const systemId of systemIds) {
    await temporal.workflow.signalWithStart('followWebhooks', {
      workflowId: workflowIdOf.webhooks(systemId),
      taskQueue,
      signal: webhooksCameSignal,
      args: [{ systemId }],
    });
  }
  return systemIds;
}
