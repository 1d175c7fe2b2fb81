import { type Catalog, cellsOf, domainOf, type PlannedTable, plannedTables, tableName } from '../domain/metrics/catalog.ts';
import { type Month, monthAfter } from '../domain/metrics/month.ts';
import { FichaError } from '../domain/record/error.ts';
import type { MetricDimension } from '../schemas/types.ts';
import { clientMonths, dimensionColumn, outsidePlace } from './client-months.ts';
import type { Analytics } from './clickhouse.ts';
import { measureSql } from './measures.ts';
import { tableOf } from './tables.ts';

/** Exact figures of one table, a cell a place as in `cellsOf`. They never leave the process that computes them. */
export type ExactTables = ReadonlyMap<string, readonly number[]>;

const computeSeconds = 300;

/** An event lies in one partition, with the rows that take it out of there: FINAL need not look beyond. */
const settings = 'settings do_not_merge_across_partitions_select_final = 1';

const dimensionOf = (catalog: Catalog, name: string): MetricDimension => {
  const dimension = catalog.dimensions.get(name);
  if (dimension === undefined) throw new FichaError('metric-unknown-dimension', `there is no dimension ${name}`);
  return dimension;
};

const columnOf = (catalog: Catalog, name: string): string => dimensionColumn[dimensionOf(catalog, name).from];

type Row = Readonly<Record<string, string | number>>;

/** Metric by metric, one clamped sum; names are checked by the schema and the clamp is a whole number. */
const sumsOf = (tables: readonly PlannedTable[]): readonly (readonly [string, string])[] => [
  ...new Map(
    tables.map(({ metric, measure, clamp }) => [metric, `sum(greatest(0, least(${measureSql[measure].sql}, ${clamp})))`]),
  ),
];

/** Figures cell by cell from rows that tell places in domains. */
function figuresOf(catalog: Catalog, { dimensions }: PlannedTable, column: string, rows: readonly Row[]): readonly number[] {
  const axes = dimensions.map((name) => ({
    column: columnOf(catalog, name),
    length: domainOf(dimensionOf(catalog, name)).length,
  }));
  const figures = Array.from(cellsOf(catalog, dimensions), () => 0);
  for (const row of rows) {
    const places = axes.map((axis) => Number(row[axis.column]));
    if (places.includes(outsidePlace)) continue;
    const at = axes.reduce((above, { length }, axis) => above * length + (places[axis] ?? 0), 0);
    figures[at] = Number(row[column]);
  }
  return figures;
}

/** The statement: clients are summed up into the finest cells once, and those into the tables, which are few rows. */
function statementOf(catalog: Catalog, epoch: number, tables: readonly PlannedTable[], all: readonly string[]): string {
  const sums = sumsOf(tables);
  const sets = [...new Set(tables.map(({ dimensions }) => dimensions.map((name) => columnOf(catalog, name)).join(', ')))];
  const looksBack = tables.some(({ measure }) => measureSql[measure].looksBack);
  const columns = all.map((column) => `${column}, `).join('');
  return `${clientMonths(catalog, epoch, looksBack)},
    cells as (select ${columns} ${sums.map(([, sum], place) => `${sum} as sum_${place}`).join(', ')}
                from client_months ${all.length === 0 ? '' : `group by ${all.join(', ')}`})
    select ${all.map((column) => `${column}, grouping(${column}) as without_${column}, `).join('')}
           ${sums.map((_, place) => `toInt64(sum(sum_${place})) as figure_${place}`).join(', ')}
      from cells group by grouping sets (${sets.map((set) => `(${set})`).join(', ')})
      ${settings}`;
}

/**
 * Exact, bounded figures of every planned table of one month, in one pass over the month.
 * @returns by `tableName`
 */
export async function exactTables(analytics: Analytics, epoch: number, catalog: Catalog, month: Month): Promise<ExactTables> {
  const tables = plannedTables(catalog);
  const all = [...new Set(tables.flatMap(({ dimensions }) => dimensions.map((name) => columnOf(catalog, name))))];
  const rows = await analytics.query<Row>(statementOf(catalog, epoch, tables, all), { month: `${month}-01` }, computeSeconds);
  const rowsOf = (dimensions: readonly string[]): readonly Row[] => {
    const wanted = new Set(dimensions.map((name) => columnOf(catalog, name)));
    return rows.filter((row) => all.every((column) => (Number(row[`without_${column}`]) === 0) === wanted.has(column)));
  };
  const places = new Map(sumsOf(tables).map(([metric], place) => [metric, `figure_${place}`]));
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

/**
 * Merges what was written of these months into one part each, so that FINAL has nothing left to merge: a release of 100 million events
 * takes half as long, and churn a third. Where nothing was written since, it takes nothing.
 */
export async function settleMonths(analytics: Analytics, epoch: number, months: readonly string[]): Promise<void> {
  for (const month of months) {
    await analytics.command(
      `optimize table ${tableOf('client_event', epoch)} partition '${month}' final settings optimize_skip_merged_partitions = 1`,
    );
  }
}

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
