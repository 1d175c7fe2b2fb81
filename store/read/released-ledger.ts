import { type Month, monthsFrom } from '../../domain/metrics/month.ts';
import type { Db } from '../database.ts';
import { type ReleasedCell, releasedCells, type WantedCells } from './release.ts';

/** One published table: a metric of one month, cell by cell. */
export interface LedgerTable {
  readonly metric: string;
  /** YYYY-MM */
  readonly month: Month;
  readonly cells: readonly ReleasedCell[];
}

/** Published tables in the order of month and metric, from memory where they were read before. */
export type ReleasedLedger = (wanted: WantedCells) => Promise<readonly LedgerTable[]>;

/** About what one cell takes: an object of six fields. Its texts are shared by all months. */
const bytesACell = 120;
const mostBytes = 64 * 1024 * 1024;

/**
 * The published tables of a database, each kept from its first reading on: PostgreSQL itself refuses to change one. A month that
 * is not there is asked for every time, so that it is seen as soon as it is published. The tables not asked for longest go when
 * all of them take more than `most` bytes.
 */
export function createReleasedLedger(db: Db, most = mostBytes): ReleasedLedger {
  const kept = new Map<string, LedgerTable>(); // in the order of use
  const texts = new Map<string, readonly string[]>(); // as many as the declared domains have cells
  let cells = 0;
  const keep = (key: string, table: LedgerTable): void => {
    if (!kept.delete(key)) cells += table.cells.length;
    kept.set(key, table);
    for (const [oldest, { cells: gone }] of kept) {
      if (cells * bytesACell <= most) break;
      kept.delete(oldest);
      cells -= gone.length;
    }
  };
  const shared = (one: ReleasedCell): ReleasedCell => {
    const key = JSON.stringify(one.cell);
    const cell = texts.get(key) ?? one.cell;
    texts.set(key, cell);
    return { ...one, cell };
  };
  return async ({ metrics, dimensions, from, to }) => {
    const keyOf = (metric: string, month: Month): string => `${metric} ${month} ${dimensions.join(' ')}`;
    const places = monthsFrom(from, to).flatMap((month) =>
      metrics.map((metric) => ({ metric, month, key: keyOf(metric, month) })),
    );
    const missing = places.filter(({ key }) => !kept.has(key)).map(({ month }) => month);
    const [first] = missing;
    const read =
      first === undefined ? [] : await releasedCells(db, { metrics, dimensions, from: first, to: missing.at(-1) ?? first });
    const tables = places.flatMap(({ metric, month, key }) => {
      const known = kept.get(key);
      const found = known?.cells ?? read.filter((one) => one.month === month && one.metric === metric).map(shared);
      return found.length === 0 ? [] : [{ key, table: known ?? { metric, month, cells: found } }];
    });
    for (const { key, table } of tables) keep(key, table);
    return tables.map(({ table }) => table);
  };
}

const ledgers = new WeakMap<Db, ReleasedLedger>();

/** The ledger of a pool, one for all who read through it. */
export function releasedLedger(db: Db): ReleasedLedger {
  const ledger = ledgers.get(db) ?? createReleasedLedger(db);
  ledgers.set(db, ledger);
  return ledger;
}
