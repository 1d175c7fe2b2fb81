import type { Analytics } from './clickhouse.ts';

/** Most rows named in one statement; ClickHouse reads at most 256 KiB of one. */
const namedAtOnce = 2_500;

/** A row by its key; where the table is parted by month, the month too. */
export interface RowKey {
  readonly key: string;
  readonly month?: string;
}

/**
 * Takes rows out for good, not only out of sight: an erased client leaves no pseudonym behind. Only the months that hold them are touched.
 * @param column of the key, whose values are pseudonyms in hex
 */
export async function takeOut(analytics: Analytics, table: string, column: string, rows: readonly RowKey[]): Promise<void> {
  for (let from = 0; from < rows.length; from += namedAtOnce) {
    const keysOf = new Map<string | undefined, string[]>();
    for (const { key, month } of rows.slice(from, from + namedAtOnce)) {
      const keys = keysOf.get(month) ?? [];
      keys.push(`'${key}'`);
      keysOf.set(month, keys);
    }
    const deletes = [...keysOf].map(
      ([month, keys]) => `delete ${month === undefined ? '' : `in partition '${month}' `}where ${column} in (${keys.join(',')})`,
    );
    await analytics.command(`alter table ${table} ${deletes.join(', ')} settings mutations_sync = 2`);
  }
}

/** Versions from one to before another, whole numbers of 64 bits as text. */
export interface Versions {
  readonly from: string;
  readonly before: string;
}

/**
 * Months in which ClickHouse holds these events under these versions, by pseudonym in hex. Few parts hold any of them, and their version
 * is looked at first: pseudonyms lie all over the table, and looking for them would read all of it.
 */
export async function heldMonths(
  analytics: Analytics,
  table: string,
  events: readonly string[],
  versions: readonly Versions[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const months = new Map<string, string[]>();
  const under = versions.map(({ from, before }) => `version >= ${BigInt(from)} and version < ${BigInt(before)}`).join(' or ');
  for (let from = 0; from < events.length; from += namedAtOnce) {
    // a name of its own: ClickHouse takes `as event` for the column in the condition too
    const rows = await analytics.query<{ readonly pseudonym: string; readonly heldIn: string }>(
      `select distinct replaceAll(toString(event), '-', '') as pseudonym, toString(month) as heldIn from ${table}
        prewhere ${under} where event in ({events: Array(UUID)})`,
      { events: events.slice(from, from + namedAtOnce) },
      60,
    );
    for (const { pseudonym, heldIn } of rows) months.set(pseudonym, [...(months.get(pseudonym) ?? []), heldIn]);
  }
  return months;
}
