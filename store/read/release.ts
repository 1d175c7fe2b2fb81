import { type Db, sql } from '../database.ts';

/** One published figure. `value` is null where nothing is shown. */
export interface ReleasedCell {
  readonly metric: string;
  /** YYYY-MM */
  readonly month: string;
  readonly cell: readonly string[];
  readonly kind: 'cell' | 'other';
  readonly value: number | null;
  readonly scale: number;
}

/** A table of the ledger to read. */
export interface WantedCells {
  readonly metrics: readonly string[];
  /** Sorted by name; exactly these. */
  readonly dimensions: readonly string[];
  /** First and last month, YYYY-MM. */
  readonly from: string;
  readonly to: string;
}

interface ReleasedTable extends Pick<ReleasedCell, 'metric' | 'month'> {
  readonly cells: readonly [ReleasedCell['cell'], ReleasedCell['kind'], ReleasedCell['value'], ReleasedCell['scale']][];
}

/** Published cells in the order of month, metric and place; at most some thousands, which PostgreSQL hands over as one text a table. Index: released_once. */
export async function releasedCells(db: Db, { metrics, dimensions, from, to }: WantedCells): Promise<ReleasedCell[]> {
  const { rows } = await db.query<ReleasedTable>({
    name: 'released-cells',
    text: `
      select t.metric, to_char(t.month, 'YYYY-MM') as month, x.cells
        from released_table t
       cross join lateral (
         select json_agg(json_build_array(c.cell, c.kind, c.value::float8, c.scale) order by c.place) as cells
           from released_cell c where c.table_id = t.id) x
       where t.metric = any($1) and t.dimensions = $2::text[] and t.month between $3 and $4 and x.cells is not null
       order by t.month, t.metric`,
    values: [[...metrics], [...dimensions], `${from}-01`, `${to}-01`],
  });
  return rows.flatMap(({ metric, month, cells }) =>
    cells.map(([cell, kind, value, scale]) => ({ metric, month, cell, kind, value, scale })),
  );
}

/** A closed month of the ledger and its privacy budget, in millionths of epsilon. */
export interface ReleasedMonth {
  readonly month: string;
  readonly budgetMicro: number;
  readonly spentMicro: number;
  readonly tables: number;
  readonly releasedAt: string;
}

/** Months of the ledger, newest first; 1 <= limit <= 500. */
export async function releasedMonths(db: Db, limit: number): Promise<ReleasedMonth[]> {
  const { rows } = await db.query<ReleasedMonth>(sql`
    select to_char(m.month, 'YYYY-MM') as month, m.budget_micro as "budgetMicro", m.spent_micro as "spentMicro",
           (select count(*)::integer from released_table t where t.month = m.month) as tables, m.opened_at as "releasedAt"
      from metric_month m order by m.month desc limit ${limit}`);
  return rows;
}
