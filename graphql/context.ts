import type { Analytics } from '../analytics/clickhouse.ts';
import type { Grant } from '../domain/access/category.ts';
import type { Role } from '../domain/access/role.ts';
import type { Log } from '../platform/log.ts';
import type { ConnectorAbout, ConsentPolicy } from '../schemas/types.ts';
import type { Database } from '../store/database.ts';

/** Who asks, from a checked token. */
export interface Viewer {
  readonly subject: string;
  readonly roles: readonly Role[];
  readonly grants?: readonly Grant[];
}

/** What resolvers read through. `reader` can only select; `accessor` can only append to the access log. */
export interface Sources {
  readonly reader: Database;
  readonly accessor: Database;
  readonly analytics: Analytics;
  readonly log: Log;
  /** What the record of processing says beside what is stored; the policy that ships with Ficha and no connector when left out. */
  readonly consentPolicy?: ConsentPolicy;
  readonly connectors?: readonly ConnectorAbout[];
}

export interface GraphqlContext extends Sources {
  readonly viewer: Viewer;
}
