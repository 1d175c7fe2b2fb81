import type { PayloadKeys } from '../../platform/codec.ts';
import { FichaError } from '../../domain/record/error.ts';
import { payloadKeysOf } from '../../runtime/payload-keys.ts';
import type { Db } from '../../store/database.ts';
import { testKeyRing } from './keys.ts';

const stores = new Map<Db, PayloadKeys>();

/** A database whose requests the clients of this test file speak of: many databases share one Temporal server here. */
export function knowRequestsOf(db: Db): void {
  if (!stores.has(db)) stores.set(db, payloadKeysOf(db, testKeyRing()));
}

/** What the first store that knows it answers; one that its test closed meanwhile is forgotten. */
const first = async <Found>(ask: (keys: PayloadKeys) => Promise<Found | undefined>): Promise<Found | undefined> => {
  for (const [db, keys] of stores) {
    try {
      const found = await ask(keys);
      if (found !== undefined) return found;
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('Cannot use a pool after')) stores.delete(db);
      else if (!(error instanceof FichaError && error.code === 'payload-shredded')) throw error;
    }
  }
  return undefined;
};

/** The keys of all databases that `knowRequestsOf` was told of. */
export const testPayloadKeys: PayloadKeys = {
  forWorkflow: (workflowId) => first((keys) => keys.forWorkflow(workflowId)),
  ofRequest: async (requestId) => {
    const key = await first((keys) => keys.ofRequest(requestId));
    if (key === undefined)
      throw new FichaError('payload-shredded', `no database of this test opens what Temporal keeps of ${requestId}`);
    return key;
  },
};
