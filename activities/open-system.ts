import { activityInfo, cancellationSignal } from '@temporalio/activity';
import type { Connector, LinkedSystem } from '../connectors/kit/contract.ts';
import { FichaError } from '../domain/record/error.ts';
import { resolveSecret } from '../platform/secrets.ts';
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
 * Opens linked systems by id, with their settings from the store and their secrets from the environment or files. A connector can ask
 * only for the secrets of its own system.
 */
export function buildOpenSystem({ db, connectors, now, keys }: SystemSources): (systemId: string) => Promise<LinkedSystem> {
  const budget: BudgetSource = (systemId, rules, leaseMs) => sharedRateBudget(db, systemId, rules, leaseMs);
  const tokens = keys === undefined ? undefined : sharedShelf(db, keys);
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
    const { secrets = {}, ...config } = found.config;
    const references = new Map(Object.entries(secrets as Readonly<Record<string, unknown>>)); // the command's schema: names and references
    return connector.open({
      systemId,
      config,
      secret: (name) => {
        const reference = references.get(name);
        if (typeof reference === 'string') return resolveSecret(reference);
        throw new FichaError(
          'secret-absent',
          `${systemId} needs the secret "${name}": give config.secrets.${name} as env:NAME or file:PATH`,
        );
      },
      signal: currentSignal(),
      now,
      budget,
      ...(tokens === undefined ? {} : { tokens }),
    });
  };
}
