import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { Log } from '../platform/log.ts';
import { type Database, sql } from '../store/database.ts';
import { taskQueue, workflowIdOf } from '../workflows/messages.ts';

interface Means {
  readonly db: Database;
  readonly temporal: Client;
  readonly log: Log;
}

/** Starts the workflow of one request, once however often it is asked. */
async function start(temporal: Client, requestId: string): Promise<void> {
  try {
    await temporal.workflow.start('runPrivacyRequest', {
      workflowId: workflowIdOf.request(requestId),
      taskQueue,
      args: [{ requestId }],
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

/**
 * Starts the workflow of a request whose row is written. A request was received in law once it was asked: when Temporal does not answer
 * it is kept, and `startWaitingRequests` starts it later.
 */
export async function startRequest({ temporal, log }: Omit<Means, 'db'>, requestId: string): Promise<'started' | 'waiting'> {
  try {
    await start(temporal, requestId);
    return 'started';
  } catch (error) {
    log.warn({ err: error, requestId }, 'a privacy request waits: Temporal does not answer');
    return 'waiting';
  }
}

/** Starts every request that was received and never began, oldest first. @returns how many there were */
export async function startWaitingRequests({ db, temporal }: Omit<Means, 'log'>): Promise<number> {
  const { rows } = await db.query<{ readonly id: string }>(sql`
    select id from privacy_request where state = 'received' and closed_at is null order by id limit 1000`);
  for (const { id } of rows) await start(temporal, id);
  return rows.length;
}
