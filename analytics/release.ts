import { type Catalog, cellsOf, type PlannedTable, plannedTables, tableName } from '../domain/metrics/catalog.ts';
import { type Month, monthAfter } from '../domain/metrics/month.ts';
import { FichaError } from '../domain/record/error.ts';
import type { Analytics } from './clickhouse.ts';
import { dimensionColumn, measureSql } from './measures.ts';
import { tableOf } from './tables.ts';

/** Exact figures of one table, a cell a place as in `cellsOf`. They never leave the process that computes them. */
export type ExactTables = ReadonlyMap<string, readonly number[]>;

const computeSeconds = 300;

/** An event lies in one partition, with the rows that take it out of there: FINAL need not look beyond. */
const settings = 'settings do_not_merge_across_partitions_select_final = 1';

/**
 * A row a client and month. A client has one channel, that of most of its events, and one value of every other dimension: it lies in one
 * cell of every table. Churn looks six months back.
 */
const clientMonths = (epoch: number): string => `
  with toDate({month: String}) as the_month,
  event as (select * from ${tableOf('client_event', epoch)} final where month = the_month),
  invoicing as (select distinct linked_system from event where kind = 'invoice'),
  by_channel as (
    select client, channel, count() as part_events,
           countIf(kind = 'invoice' or (kind = 'order' and linked_system not in invoicing)) as part_sales,
           sumIf(amount_cents, currency = 'EUR' and (kind = 'invoice' or (kind = 'order' and linked_system not in invoicing))) as part_cents,
           countIf(kind = 'ticket') as part_tickets, sumIf(response_minutes, response_minutes >= 0) as part_waited,
           countIf(response_minutes >= 0) as part_answered
      from event group by client, channel),
  active as (
    select client, argMax(channel, (part_events, channel)) as main_channel, sum(part_events) as events, sum(part_sales) as sales,
           sum(part_cents) as revenue_cents, sum(part_tickets) as tickets, sum(part_answered) as answered,
           intDiv(sum(part_waited), greatest(sum(part_answered), 1)) as response_minutes
      from by_channel group by client),
  bought as (
    select client, max(month < addMonths(the_month, -2)) as bought_before, max(month >= addMonths(the_month, -2)) as bought_lately
      from ${tableOf('client_event', epoch)} final
     where month between addMonths(the_month, -5) and the_month and kind in ('order', 'invoice') group by client),
  client_months as (
    select if(active.events > 0, active.main_channel, 'unknown') as channel, p.country as country, p.sector as sector, p.source as source,
           p.age_band as age_band, p.opted_out_since as opted_out_since, p.consent_since as consent_since, active.events as events,
           active.sales as sales, active.revenue_cents as revenue_cents, active.tickets as tickets, active.answered as answered,
           active.response_minutes as response_minutes, bought.bought_before as bought_before, bought.bought_lately as bought_lately
      from (select * from ${tableOf('client_profile', epoch)} final) p
      left join active on active.client = p.client
      left join bought on bought.client = p.client
     where p.since <= the_month or active.events > 0)`;

const columnOf = (catalog: Catalog, name: string): string => {
  const dimension = catalog.dimensions.get(name);
  if (dimension === undefined) throw new FichaError('metric-unknown-dimension', `there is no dimension ${name}`);
  return dimensionColumn[dimension.from];
};

const setName = (dimensions: readonly string[]): string => dimensions.join(',');

type Row = Readonly<Record<string, string | number>>;

/** Metric by metric, one clamped sum; names are checked by the schema and the clamp is a whole number. */
const sumsOf = (tables: readonly PlannedTable[]): ReadonlyMap<string, string> =>
  new Map(tables.map(({ metric, measure, clamp }) => [metric, `sum(greatest(0, least(${measureSql[measure]}, ${clamp})))`]));

function figuresOf(catalog: Catalog, table: PlannedTable, column: string, rows: readonly Row[]): readonly number[] {
  const columns = table.dimensions.map((name) => columnOf(catalog, name));
  const found = new Map(
    rows.map((row) => [JSON.stringify(columns.map((one) => String(row[`the_${one}`]))), Number(row[column])]),
  );
  return cellsOf(catalog, table.dimensions).map((cell) => found.get(JSON.stringify(cell)) ?? 0);
}

/**
 * Exact, bounded figures of every planned table of one month, in one pass over the month.
 * @returns by `tableName`
 */
export async function exactTables(analytics: Analytics, epoch: number, catalog: Catalog, month: Month): Promise<ExactTables> {
  const tables = plannedTables(catalog);
  const sums = [...sumsOf(tables)];
  const sets = [...new Map(tables.map(({ dimensions }) => [setName(dimensions), dimensions])).values()];
  const columnsOf = (dimensions: readonly string[]) => dimensions.map((name) => columnOf(catalog, name));
  const all = [...new Set(sets.flatMap(columnsOf))];
  const rows = await analytics.query<Row>(
    `${clientMonths(epoch)}
     select ${all.map((column) => `toString(${column}) as the_${column}, grouping(${column}) as without_${column},`).join(' ')}
            ${sums.map(([, sum], place) => `toInt64(${sum}) as figure_${place}`).join(', ')}
       from client_months
      group by grouping sets (${sets.map((set) => `(${columnsOf(set).join(', ')})`).join(', ')})
      ${settings}`,
    { month: `${month}-01` },
    computeSeconds,
  );
  const rowsOf = (dimensions: readonly string[]): readonly Row[] => {
    const wanted = new Set(columnsOf(dimensions));
    return rows.filter((row) => all.every((column) => (Number(row[`without_${column}`]) === 0) === wanted.has(column)));
  };
  const places = new Map(sums.map(([metric], place) => [metric, `figure_${place}`]));
  return new Map(
    tables.map((table) => [
      tableName(table),
      figuresOf(catalog, table, places.get(table.metric) ?? '', rowsOf(table.dimensions)),
    ]),
  );
}

/** The months whose events the figures of a month are made of, YYYY-MM-01. */
export const monthsBehind = (month: Month): readonly string[] =>
  Array.from({ length: 6 }, (_, back) => `${monthAfter(month, -back)}-01`);

/** Events and clients that ClickHouse holds, to be compared with what PostgreSQL says it should. */
export async function heldTotals(
  analytics: Analytics,
  epoch: number,
  months: readonly string[],
): Promise<{ readonly events: string; readonly clients: string }> {
  const rows = await analytics.query<{ readonly events: string; readonly clients: string }>(
    `select toString((select count() from ${tableOf('client_event', epoch)} final where month in ({months: Array(Date)}))) as events,
            toString((select count() from ${tableOf('client_profile', epoch)} final)) as clients
     ${settings}`,
    { months: [...months] },
    computeSeconds,
  );
  return rows[0] ?? { events: '0', clients: '0' };
}

/** Events by month as ClickHouse holds them, for `verify`. */
export async function heldByMonth(
  analytics: Analytics,
  epoch: number,
): Promise<readonly { readonly month: string; readonly events: string; readonly amountCents: string }[]> {
  return await analytics.query(
    `select toString(month) as month, toString(count()) as events, toString(sum(amount_cents)) as "amountCents"
       from ${tableOf('client_event', epoch)} final group by month order by month ${settings}`,
    {},
    computeSeconds,
  );
}
