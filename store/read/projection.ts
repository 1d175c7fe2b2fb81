import { FichaError } from '../../domain/record/error.ts';
import { type Db, sql } from '../database.ts';

/** The epoch of the pseudonyms, and since when. */
export interface Epoch {
  readonly number: number;
  readonly state: 'ready' | 'rebuilding';
  readonly startedAt: string;
}

/** The epoch as it is now. With `hold`, no rebuild starts until the transaction ends. */
export async function analyticsEpoch(db: Db, hold = false): Promise<Epoch> {
  const { rows } = await db.query<Epoch>(sql`
    select number, state, started_at as "startedAt" from analytics_epoch ${hold ? sql`for share` : sql``}`);
  const [epoch] = rows;
  if (epoch === undefined) throw new FichaError('epoch-missing', 'the row of analytics_epoch is gone; restore it from a backup');
  return epoch;
}

/** Events and what they come to in one month; the same question is put to ClickHouse. */
export interface MonthTotals {
  /** YYYY-MM-01 */
  readonly month: string;
  readonly events: string;
  readonly amountCents: string;
}

/** What ClickHouse should hold, month by month, from the truth itself: every event of an active client who does not object to
 * profiling and whose record is there. */
export async function eventTotals(db: Db): Promise<MonthTotals[]> {
  const { rows } = await db.query<MonthTotals>(sql`
    select to_char(e.at, 'YYYY-MM-01') as month, count(*) as events, sum(e.amount_cents)::bigint as "amountCents"
      from (select source_record_id, client_id, at, amount_cents from sale
             union all select source_record_id, client_id, at, 0 from interaction) e
      join source_record r on r.id = e.source_record_id and r.deleted_at is null
      join client c on c.id = e.client_id and c.state = 'active' and not c.no_profiling
     group by 1 order by 1`);
  return rows;
}

/** Clients that ClickHouse should hold, and how many changes are still on their way to it. */
export async function clientTotals(db: Db): Promise<{ readonly clients: string; readonly waiting: string }> {
  const { rows } = await db.query<{ clients: string; waiting: string }>(sql`
    select (select count(*) from client where state = 'active' and not no_profiling) as clients,
           (select count(*) from projection_queue) + (select count(*) from client_projection_queue) as waiting`);
  return rows[0] ?? { clients: '0', waiting: '0' };
}

/** What was noted as brought to ClickHouse: events of these months, and clients. */
export async function notedTotals(
  db: Db,
  months: readonly string[],
): Promise<{ readonly events: string; readonly clients: string }> {
  const { rows } = await db.query<{ events: string; clients: string }>(sql`
    select (select coalesce(sum(events), 0)::bigint from projected_month where month = any(${[...months]}::date[])) as events, clients
      from projection_state`);
  return rows[0] ?? { events: '0', clients: '0' };
}

/** First month of which there is an event, YYYY-MM-01; null when there is none. */
export async function firstProjectedMonth(db: Db): Promise<string | null> {
  const { rows } = await db.query<{ month: string | null }>(
    sql`select min(month) as month from projected_month where events > 0`,
  );
  return rows[0]?.month ?? null;
}
