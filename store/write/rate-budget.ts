import { type Db, sql } from '../database.ts';

export interface RateRule {
  readonly name: string;
  readonly most: number;
  /** Undefined: calls at once. */
  readonly windowMs?: number;
}

export interface RateBudget {
  ask(costs: readonly number[]): Promise<{ readonly lease: string; readonly usableMs: number } | { readonly waitMs: number }>;
  release(lease: string): Promise<void>;
  pause(ms: number): Promise<void>;
}

interface Taken {
  readonly lease: string | null;
  readonly wait_ms: string;
  readonly usable_ms: string;
}

/**
 * The rate budget of one linked system, shared by every worker of this database, on the database's clock. One statement a start; the row
 * of the system is locked for as long as that takes. Times in ms.
 */
export function sharedRateBudget(db: Db, systemId: string, rules: readonly RateRule[], leaseMs: number): RateBudget {
  const names = rules.map(({ name }) => name);
  const mosts = rules.map(({ most }) => most);
  const windows = rules.map(({ windowMs = 0 }) => windowMs);
  const hasPlaces = windows.includes(0);
  return {
    ask: async (costs) => {
      const { rows } = await db.query<Taken>(sql`
        select lease, wait_ms, usable_ms
          from take_rate(${systemId}, ${names}::text[], ${mosts}::bigint[], ${windows}::bigint[], ${[...costs]}::bigint[], ${leaseMs}::bigint)`);
      const [taken] = rows;
      if (taken === undefined || taken.lease === null) return { waitMs: Number(taken?.wait_ms ?? 100) };
      return { lease: taken.lease, usableMs: Number(taken.usable_ms) };
    },
    release: async (lease) => {
      if (hasPlaces) await db.query(sql`delete from rate_place where lease = ${lease}`);
    },
    pause: async (ms) => {
      await db.query(sql`
        insert into rate_budget (linked_system_id, not_before)
        values (${systemId}, clock_timestamp() + make_interval(secs => ${ms / 1_000}::double precision))
        on conflict (linked_system_id) do update set not_before = greatest(rate_budget.not_before, excluded.not_before)`);
    },
  };
}
