import type { Analytics } from './clickhouse.ts';

/** Most rows named in one statement; ClickHouse reads at most 256 KiB of one. */
const namedAtOnce = 2_500;

/** Takes rows out for good, not only out of sight: an erased client leaves no pseudonym behind. @param keys as SQL literals */
export async function takeOut(analytics: Analytics, table: string, columns: string, keys: readonly string[]): Promise<void> {
  for (let from = 0; from < keys.length; from += namedAtOnce) {
    const list = keys.slice(from, from + namedAtOnce).join(',');
    await analytics.command(`alter table ${table} delete where ${columns} in (${list}) settings mutations_sync = 2`);
  }
}

/** Months in which ClickHouse holds these events, by pseudonym as `pseudonymsOf` writes it. */
export async function heldMonths(
  analytics: Analytics,
  table: string,
  events: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const months = new Map<string, string[]>();
  for (let from = 0; from < events.length; from += namedAtOnce) {
    const rows = await analytics.query<{ readonly event: string; readonly month: string }>(
      `select distinct replaceAll(toString(event), '-', '') as event, toString(month) as month from ${table} where event in ({events: Array(UUID)})`,
      { events: events.slice(from, from + namedAtOnce) },
      60,
    );
    for (const { event, month } of rows) months.set(event, [...(months.get(event) ?? []), month]);
  }
  return months;
}
