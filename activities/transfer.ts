import { FichaError } from '../domain/record/error.ts';
import { transferPackage, type Transferred } from '../store/write/package-transfer.ts';
import { beating } from './beating.ts';
import type { Deps } from './deps.ts';

/** Activities of `transferPackage`. */
export const transferActivities = (deps: Deps) => ({
  /** Hands the package of a closed portability request to whoever keeps a linked system, by its connector. Tried once: it cannot be called back. */
  handPackageOver: async (order: {
    readonly requestId: string;
    readonly systemId: string;
    readonly actor: string;
  }): Promise<Transferred> =>
    await beating(async () => {
      const { requestId, systemId, actor } = order;
      const system = await deps.openSystem(systemId);
      const { take } = system;
      try {
        if (take === undefined)
          throw new FichaError('verb-unsupported', `${systemId}: its connector takes no packages; give an address in its place`);
        return await transferPackage(
          deps,
          { requestId, actor, place: { systemId } },
          async ({ about, signature, package: carried }) =>
            (await take({ requestId, about, signature, package: carried })).status,
        );
      } finally {
        await system.close();
      }
    }),
});

export type TransferActivities = ReturnType<typeof transferActivities>;
