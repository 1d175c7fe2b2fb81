import { FichaError } from '../../domain/record/error.ts';
import { type Db, sql } from '../database.ts';
import { DatabaseError } from '../database-error.ts';

/** A month of the ledger. Millionths of epsilon. */
export interface MonthBudget {
  readonly budgetMicro: number;
  readonly spentMicro: number;
}

/** One table as it is to be published. */
export interface TableToPublish {
  readonly metric: string;
  readonly dimensions: readonly string[];
  readonly clamp: number;
  readonly epsilonMicro: number;
  readonly scale: number;
  readonly cells: readonly CellToPublish[];
}

export interface CellToPublish {
  readonly cell: readonly string[];
  readonly kind: 'cell' | 'other';
  readonly value: number | null;
  readonly scale: number;
}

/** The budget of a month that is open in the ledger. */
export async function monthBudget(db: Db, month: string): Promise<MonthBudget | undefined> {
  const { rows } = await db.query<MonthBudget>(sql`
    select budget_micro as "budgetMicro", spent_micro as "spentMicro" from metric_month where month = ${month}`);
  return rows[0];
}

/** Opens a month of the ledger, or finds it open with the budget it has; whoever releases the same month waits. */
export async function openMonth(
  tx: Db,
  month: string,
  budgetMicro: number,
  parameters: Readonly<Record<string, unknown>>,
): Promise<MonthBudget> {
  await tx.query(sql`select pg_advisory_xact_lock(hashtext('ficha-release'), hashtext(${month}))`);
  await tx.query(sql`
    insert into metric_month (month, budget_micro, parameters) values (${month}, ${budgetMicro}, ${JSON.stringify(parameters)})
    on conflict (month) do nothing`);
  const budget = await monthBudget(tx, month);
  if (budget === undefined)
    throw new FichaError('ledger-damaged', 'a month of the release ledger is gone; restore it from a backup');
  return budget;
}

/** Names of the tables that this month published, as `metric|dimension,dimension`. */
export async function publishedTables(tx: Db, month: string): Promise<ReadonlySet<string>> {
  const { rows } = await tx.query<{ name: string }>(sql`
    select metric || '|' || array_to_string(dimensions, ',') as name from released_table where month = ${month}`);
  return new Set(rows.map(({ name }) => name));
}

/**
 * Publishes tables of one month, all in one statement. The database charges the month, and refuses a second one of the same name and what
 * the budget does not cover.
 * @throws FichaError `metric-budget-spent`
 */
export async function publish(tx: Db, month: string, tables: readonly TableToPublish[]): Promise<void> {
  const given = tables.map(({ cells, epsilonMicro, ...table }) => ({
    ...table,
    epsilon_micro: epsilonMicro,
    cells: cells.map((cell, place) => ({ place, ...cell })),
  }));
  await tx
    .query(sql`
      with given as (
        select * from jsonb_to_recordset(${JSON.stringify(given)}::jsonb)
          as x(metric text, dimensions text[], clamp bigint, epsilon_micro integer, scale float8, cells jsonb)),
      made as (
        insert into released_table (month, metric, dimensions, clamp, epsilon_micro, scale)
        select ${month}, metric, dimensions, clamp, epsilon_micro, scale from given
        returning id, metric, dimensions)
      insert into released_cell (table_id, place, cell, kind, value, scale)
      select made.id, c.place, c.cell, c.kind, c.value, c.scale
        from given join made using (metric, dimensions)
       cross join lateral jsonb_to_recordset(given.cells) as c(place integer, cell text[], kind text, value bigint, scale float8)`)
    .catch((error: unknown) => {
      if (!(error instanceof DatabaseError) || error.constraint !== 'metric_budget_spent') throw error;
      throw new FichaError('metric-budget-spent', `the budget of ${month} does not cover ${tables.length} more tables`, {
        cause: error,
      });
    });
}
