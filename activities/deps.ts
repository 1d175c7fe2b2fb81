import type { Analytics } from '../analytics/clickhouse.ts';
import type { Connector, LinkedSystem } from '../connectors/kit/contract.ts';
import type { KeyRing } from '../platform/keys.ts';
import type { Log } from '../platform/log.ts';
import type { ConsentPolicy, PrivacyPolicy, RetentionPolicy, SurvivorshipPolicy } from '../schemas/types.ts';
import type { Database } from '../store/database.ts';
import type { Scrubbed, ScrubOptions } from '../store/scrub.ts';

/** What activities are built from. */
export interface Deps {
  /** As the role that reads and writes. */
  readonly db: Database;
  readonly keys: KeyRing;
  readonly log: Log;
  readonly now: () => Date;
  /**
   * Opens one linked system with its settings and secrets.
   * @throws FichaError `unknown-system`, `system-not-active`, `connector-missing`, `secret-absent`
   */
  readonly openSystem: (systemId: string) => Promise<LinkedSystem>;
  /** What connectors say of themselves: where a vendor keeps its data. Left out where nobody is told of that. */
  readonly connectors?: ReadonlyMap<string, Connector>;
  readonly analytics: Analytics;
  /** The controller's own rules for privacy requests; those that ship with Ficha when left out. */
  readonly privacyPolicies?: {
    readonly retention?: RetentionPolicy;
    readonly privacy?: PrivacyPolicy;
    readonly consent?: ConsentPolicy;
  };
  /** Which source's value wins in each golden field; the policy that ships with Ficha when left out. */
  readonly survivorship?: SurvivorshipPolicy;
  /** Rewrites the files of the database, by the role that owns it; left out where the worker does not know that role. */
  readonly scrub?: (options: ScrubOptions) => Promise<Scrubbed>;
  /** Whether the workflow of a request has ended, or Temporal keeps nothing of it any more; left out where nobody can ask Temporal. */
  readonly requestEnded?: (requestId: string) => Promise<boolean>;
}
