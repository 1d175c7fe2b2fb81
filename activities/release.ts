import { ownCatalog } from '../analytics/catalog.ts';
import { type Noised, noised } from '../analytics/noise.ts';
import { exactTables, heldTotals, monthsBehind, settleMonths } from '../analytics/release.ts';
import { ensureTables } from '../analytics/tables.ts';
import { type Catalog, cellsOf, micro, type PlannedTable, plannedTables, tableName } from '../domain/metrics/catalog.ts';
import { isMonth, lastClosedMonth, type Month, monthAfter, monthsFrom } from '../domain/metrics/month.ts';
import { type NoisedFigures, publishTable } from '../domain/metrics/publish-table.ts';
import { FichaError } from '../domain/record/error.ts';
import type { Db } from '../store/database.ts';
import { analyticsEpoch, firstProjectedMonth, notedTotals } from '../store/read/projection.ts';
import { appendAudit } from '../store/write/audit.ts';
import { holdProjection } from '../store/write/projection.ts';
import { type MonthBudget, monthBudget, openMonth, publish, publishedTables } from '../store/write/release.ts';
import type { Deps } from './deps.ts';

/** What one month published now; names of tables only. */
export interface MonthRelease {
  readonly month: string;
  readonly published: number;
  /** Tables that the budget of the month does not cover. */
  readonly refused: readonly string[];
}

const mostMonths = 36;

/** Refuses to publish from a ClickHouse that does not hold everything: a wrong month could never be mended. */
async function demandComplete(tx: Db, { analytics }: Pick<Deps, 'analytics'>, month: Month): Promise<number> {
  await holdProjection(tx);
  const { number: epoch, state } = await analyticsEpoch(tx, true);
  if (state === 'rebuilding') {
    throw new FichaError('analytics-rebuilding', 'analytics are being rebuilt; months are released when that is done', {
      retry: 'later',
    });
  }
  await ensureTables(analytics, epoch);
  const months = monthsBehind(month);
  await settleMonths(analytics, epoch, months);
  const noted = await notedTotals(tx, months);
  const held = await heldTotals(analytics, epoch, months);
  if (noted.events !== held.events || noted.clients !== held.clients) {
    throw new FichaError(
      'analytics-incomplete',
      `ClickHouse holds ${held.events} events and ${held.clients} clients of ${noted.events} and ${noted.clients}; nothing is released from it. Run: ficha analytics rebuild`,
      { retry: 'later' },
    );
  }
  return epoch;
}

/** The tables of a month that are not published and that its budget covers, in the order in which they are charged. */
function affordable(catalog: Catalog, done: ReadonlySet<string>, { budgetMicro, spentMicro }: MonthBudget) {
  const open = plannedTables(catalog).filter(({ metric, dimensions }) => !done.has(`${metric}|${dimensions.join(',')}`));
  let left = budgetMicro - spentMicro;
  const tables: PlannedTable[] = [];
  const refused: string[] = [];
  for (const table of open) {
    if (table.epsilonMicro > left) refused.push(tableName(table));
    else {
      left -= table.epsilonMicro;
      tables.push(table);
    }
  }
  return { tables, refused };
}

/** Activities of `releaseMetrics`. */
export const releaseActivities = ({ db, analytics, keys, now }: Deps) => {
  const catalog = ownCatalog();

  /** Every figure of a month with its noise. The noise depends on key, month, table and data only: it is the same however often it is drawn. */
  const noisedFigures = async (epoch: number, month: Month): Promise<(table: PlannedTable) => NoisedFigures> => {
    const exact = await exactTables(analytics, epoch, catalog, month);
    const drawn = new Map<string, Noised>();
    const noise = (table: PlannedTable): Noised => {
      const name = tableName(table);
      const own = drawn.get(name) ?? noised(keys, `${month}|${name}`, exact.get(name) ?? [], table);
      drawn.set(name, own);
      return own;
    };
    const planned = new Map(plannedTables(catalog).map((table) => [tableName(table), table]));
    return (table) => {
      const total = planned.get(tableName({ metric: table.metric, dimensions: [] })) ?? table;
      const [own, whole] = [noise(table), noise(total)];
      return { ...own, total: whole.values[0] ?? 0, totalScale: whole.scale };
    };
  };

  const closed = async (): Promise<readonly Month[]> => {
    const first = (await firstProjectedMonth(db))?.slice(0, 7);
    if (first === undefined) return [];
    const last = lastClosedMonth(now(), catalog.parameters.closesAfterDays);
    const earliest = monthAfter(last, 1 - mostMonths);
    return monthsFrom(first > earliest ? first : earliest, last);
  };
  const wholeBudget = { budgetMicro: micro(catalog.parameters.budget), spentMicro: 0 };

  return {
    /** Closed months from the first with an event, at most three years back, oldest first. */
    closedMonths: async (): Promise<{ readonly months: readonly Month[] }> => ({ months: await closed() }),

    /** What a release would publish now of each closed month, oldest first; months with nothing left are left out. Writes nothing. */
    unpublishedMonths: async (): Promise<{ readonly months: readonly MonthRelease[] }> => {
      const months: MonthRelease[] = [];
      for (const month of await closed()) {
        const day = `${month}-01`;
        const budget = (await monthBudget(db, day)) ?? wholeBudget;
        const { tables, refused } = affordable(catalog, await publishedTables(db, day), budget);
        if (tables.length + refused.length > 0) months.push({ month, published: tables.length, refused });
      }
      return { months };
    },

    /**
     * Publishes every table of one closed month that is not published yet and that its budget covers, all or none. Whoever releases the
     * same month at the same time waits and finds it done; after a crash nothing or everything is there.
     * @throws FichaError `month-not-closed`, `analytics-rebuilding`, `analytics-incomplete`
     */
    releaseMonth: async ({ month }: { readonly month: Month }): Promise<MonthRelease> => {
      if (!isMonth(month) || month > lastClosedMonth(now(), catalog.parameters.closesAfterDays)) {
        throw new FichaError('month-not-closed', 'a month is released once it is closed: it must have ended some days ago');
      }
      return await db.transaction(async (tx) => {
        const day = `${month}-01`;
        const budget = await openMonth(tx, day, micro(catalog.parameters.budget), { ...catalog.parameters });
        const { tables, refused } = affordable(catalog, await publishedTables(tx, day), budget);
        if (tables.length === 0) return { month, published: 0, refused };
        const figures = await noisedFigures(await demandComplete(tx, { analytics }, month), month);
        const ready = tables.map((table) => {
          const own = figures(table);
          const counts = plannedTables(catalog).find(
            (one) => one.metric === table.countedBy && one.dimensions.join() === table.dimensions.join(),
          );
          const cells = publishTable(
            cellsOf(catalog, table.dimensions),
            own,
            counts === undefined ? own : figures(counts),
            catalog.parameters,
          );
          return { ...table, scale: own.scale, cells };
        });
        await publish(tx, day, ready);
        const facts = { month, tables: tables.length, refused: refused.length };
        await appendAudit(tx, { actor: 'ficha', action: 'metrics.release', subject: month, facts, at: now() });
        return { month, published: tables.length, refused };
      });
    },
  };
};

export type ReleaseActivities = ReturnType<typeof releaseActivities>;
