import type { Discovered } from '../connectors/kit/discovered.ts';
import { FichaError } from '../domain/record/error.ts';
import { beating } from './beating.ts';
import type { Deps } from './deps.ts';

/** Activities of `discoverSystem`. */
export const discoverActivities = ({ openSystem }: Deps) => ({
  /** What the account of a linked system offers: names of fields, lists and topics, nothing of anybody. Writes nothing. */
  discoverOffers: async ({ systemId }: { readonly systemId: string }): Promise<Discovered> =>
    await beating(async () => {
      const system = await openSystem(systemId);
      try {
        if (system.discover !== undefined) return await system.discover();
        throw new FichaError('verb-unsupported', `${systemId}: its connector cannot tell what the account offers`);
      } finally {
        await system.close();
      }
    }),
});

export type DiscoverActivities = ReturnType<typeof discoverActivities>;
