import { type Db, sql } from '../database.ts';

/** What is used now of one rule of a linked system's rate budget. */
export interface RateUse {
  readonly rule: string;
  readonly used: number;
}

interface Rule {
  readonly name: string;
  readonly windowMs?: number;
}

/** Starts within each window, and calls that run now, by rule; rules of which nothing is used are left out. Indexes: rate_use_pkey, rate_place_of_rule. */
export async function rateUseOf(db: Db, systemId: string, rules: readonly Rule[]): Promise<RateUse[]> {
  const windows = rules.map(({ windowMs = 0 }) => windowMs);
  const { rows } = await db.query<RateUse>(sql`
    with asked as (select * from unnest(${rules.map(({ name }) => name)}::text[], ${windows}::bigint[]) as r(rule, window_ms))
    select a.rule, sum(u.used)::int as used
      from asked a join rate_use u on u.linked_system_id = ${systemId} and u.rule = a.rule
     where a.window_ms > 0
       and (u.slot + 1) * greatest(1, a.window_ms / 100) + a.window_ms > extract(epoch from clock_timestamp()) * 1000
     group by a.rule
    union all
    select a.rule, count(*)::int
      from asked a join rate_place p on p.linked_system_id = ${systemId} and p.rule = a.rule
     where a.window_ms = 0 and p.ends_at > clock_timestamp()
     group by a.rule`);
  return rows;
}

/** Until when the system itself asked to be left alone, ISO 8601 UTC; null when it did not or that is over. */
export async function ratePauseOf(db: Db, systemId: string): Promise<string | null> {
  const { rows } = await db.query<{ readonly until: string }>(sql`
    select not_before as until from rate_budget where linked_system_id = ${systemId} and not_before > clock_timestamp()`);
  return rows[0]?.until ?? null;
}
