import { setTimeout as delay } from 'node:timers/promises';
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { FichaError } from '../domain/record/error.ts';
import type { PayloadKeys } from '../platform/codec.ts';
import type { KeyRing } from '../platform/keys.ts';
import type { Db } from '../store/database.ts';
import { payloadKeyOf } from '../store/read/subject-keys.ts';
import { requestOfWorkflow, workflowIdOf } from '../workflows/messages.ts';

const mostHeld = 2_000;
const heldMs = 10 * 60_000;
/** A task of a workflow may take ten seconds; a database that is away for a moment costs no attempt of it. */
const patienceMs = [100, 300, 900, 2_000] as const;

const maySoonAnswer = (error: unknown): boolean => error instanceof FichaError && error.retry !== 'never';

/**
 * Keys of payloads out of the database, each held in memory for ten minutes after it was last needed.
 * @param sealing how long what seals waits for a database that is away. A worker waits until it is there again (`always`): an answer that
 * cannot be sealed, even that something failed, ends the whole worker. Who talks to people gives up after some seconds
 */
export function payloadKeysOf(
  db: Db,
  keys: KeyRing,
  { sealing = 'briefly' }: { readonly sealing?: 'briefly' | 'always' } = {},
): PayloadKeys {
  const held = new Map<string, { readonly key: Buffer; readonly until: number }>(); // the one that was needed last is the last
  const hold = (requestId: string, key: Buffer): Buffer => {
    held.delete(requestId);
    held.set(requestId, { key, until: Date.now() + heldMs });
    for (const [oldest, { until }] of held) {
      if (held.size <= mostHeld && until > Date.now()) break;
      held.delete(oldest);
    }
    return key;
  };
  const asked = async (requestId: string, waits: 'briefly' | 'always'): Promise<Buffer | 'none' | 'destroyed'> => {
    for (let tries = 0; ; tries += 1) {
      try {
        return await payloadKeyOf(db, keys, requestId);
      } catch (error) {
        const pauseMs = patienceMs[tries] ?? (waits === 'always' ? patienceMs.at(-1) : undefined);
        if (!maySoonAnswer(error) || pauseMs === undefined) throw error;
        await delay(pauseMs);
      }
    }
  };
  const found = async (requestId: string, waits: 'briefly' | 'always'): Promise<Buffer | 'none' | 'destroyed'> => {
    const known = held.get(requestId);
    if (known !== undefined && known.until > Date.now()) return hold(requestId, known.key);
    const key = await asked(requestId, waits);
    return key instanceof Buffer ? hold(requestId, key) : key;
  };
  return {
    forWorkflow: async (workflowId) => {
      const requestId = requestOfWorkflow(workflowId);
      const key = requestId === undefined ? 'none' : await found(requestId, sealing);
      return requestId === undefined || !(key instanceof Buffer) ? undefined : { requestId, key };
    },
    ofRequest: async (requestId) => {
      const key = await found(requestId, 'briefly');
      if (key instanceof Buffer) return key;
      throw new FichaError(
        'payload-shredded',
        `what Temporal kept of request ${requestId} was destroyed with its key; it cannot be read again`,
      );
    },
  };
}

/** Asks Temporal whether the workflow of a request has ended; one that it keeps nothing of has. */
export const requestEndedBy =
  ({ workflow }: Client) =>
  async (requestId: string): Promise<boolean> => {
    try {
      const { status } = await workflow.getHandle(workflowIdOf.request(requestId)).describe();
      return status.name !== 'RUNNING' && status.name !== 'PAUSED';
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return true;
      throw error;
    }
  };
