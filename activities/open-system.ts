import { activityInfo, cancellationSignal } from '@temporalio/activity';
import type { Connector, LinkedSystem } from '../connectors/kit/contract.ts';
import { FichaError } from '../domain/record/error.ts';
import { environmentAndFiles, type SecretSource, secretsOf } from '../platform/secrets.ts';
import type { BudgetSource } from '../connectors/kit/budget.ts';
import { isUsable, type KeptToken, memoryShelf, type TokenShelf } from '../connectors/kit/token-shelf.ts';
import type { KeyRing } from '../platform/keys.ts';
import type { Database } from '../store/database.ts';
import { linkedSystemById } from '../store/read/linked-systems.ts';
import { exchangeToken } from '../store/write/connector-tokens.ts';
import { sharedRateBudget } from '../store/write/rate-budget.ts';

export interface SystemSources {
  readonly db: Database;
  /** Seals access tokens; without it each process keeps its own, in memory. */
  readonly keys?: KeyRing;
  readonly connectors: ReadonlyMap<string, Connector>;
  readonly now: () => Date;
  /** The environment and files when left out. */
  readonly secrets?: SecretSource;
}

/** Ends with the activity that opens the system; outside of one, never. */
function currentSignal(): AbortSignal {
  try {
    activityInfo();
  } catch {
    return new AbortController().signal;
  }
  return cancellationSignal();
}

/** What every process shares of the linked systems: their rate budgets and, with keys to seal them, their tokens. */
export interface Shared {
  readonly budget: BudgetSource;
  readonly tokens?: TokenShelf;
}

/** Make it once a process. */
export const sharedByAll = (db: Database, keys?: KeyRing): Shared => ({
  budget: (systemId, rules, leaseMs) => sharedRateBudget(db, systemId, rules, leaseMs),
  ...(keys === undefined ? {} : { tokens: sharedShelf(db, keys) }),
});

/** Tokens that all workers share: what this process has in memory first, else the sealed one, else a new one. */
function sharedShelf(db: Database, keys: KeyRing): TokenShelf {
  const ours = memoryShelf();
  return {
    hold: (name, stale, make) =>
      ours.hold(name, stale, () =>
        exchangeToken<KeptToken>(db, keys, name, (kept) =>
          isUsable(kept, stale, Date.now()) ? Promise.resolve(kept) : make(kept),
        ),
      ),
  };
}

/**
 * Opens linked systems by id, with their settings from the store and their secrets from where they lie. A connector can ask only for the
 * secrets of its own system.
 */
export function buildOpenSystem({
  db,
  connectors,
  now,
  keys,
  secrets = environmentAndFiles(),
}: SystemSources): (systemId: string) => Promise<LinkedSystem> {
  const shared = sharedByAll(db, keys);
  return async (systemId) => {
    const found = await linkedSystemById(db, systemId);
    if (found === undefined) {
      throw new FichaError(
        'unknown-system',
        `there is no linked system ${systemId}; \`ficha system list\` shows those there are`,
      );
    }
    if (found.state === 'removed') {
      throw new FichaError('system-not-active', `${systemId} is removed: it is not called any more; link it again to use it`);
    }
    const connector = connectors.get(found.connector);
    if (connector === undefined) {
      throw new FichaError(
        'connector-missing',
        `${systemId} needs the connector ${found.connector}, and connectors/ has no such folder`,
      );
    }
    const { secrets: references = {}, ...config } = found.config;
    return connector.open({
      systemId,
      config,
      // the command's schema: names and references
      secret: await secretsOf(systemId, references as Readonly<Record<string, unknown>>, secrets),
      signal: currentSignal(),
      now,
      ...shared,
    });
  };
}
