import type { Analytics } from '../analytics/clickhouse.ts';
import { ensureTables, tableOf } from '../analytics/tables.ts';
import { type Month, monthsFrom } from '../domain/metrics/month.ts';

/** How large an invented world is. */
export interface WorldSize {
  readonly events: number;
  readonly clients: number;
  readonly from: Month;
  readonly to: Month;
}

const clientOf = (number: string): string => `reinterpretAsUUID(sipHash128(concat('client', toString(${number}))))`;
const oneOf = (values: readonly string[], number: string): string =>
  `[${values.map((value) => `'${value}'`).join(', ')}][1 + ${number} % ${values.length}]`;

const countOf = async (analytics: Analytics, table: string, where = '1'): Promise<number> => {
  const [row] = await analytics.query<{ readonly n: string }>(`select toString(count()) as n from ${table} where ${where}`);
  return Number(row?.n);
};

/** One part of a table: a write that was killed leaves it or nothing, and one on a busy machine ends in its time. */
const rowsAtOnce = 250_000;

/**
 * Fills the tables of epoch 1 inside ClickHouse: skewed clients, 36 months or fewer. What is there already stays: one that was
 * interrupted goes on.
 */
export async function fillTables(analytics: Analytics, { events, clients, from, to }: WorldSize, say: (line: string) => void) {
  await ensureTables(analytics, 1);
  if ((await countOf(analytics, tableOf('client_profile', 1))) < clients) await fillProfiles(analytics, clients, from);
  const months = monthsFrom(from, to);
  const each = Math.ceil(events / months.length);
  const table = tableOf('client_event', 1);
  for (const [place, month] of months.entries()) {
    for (let from = await countOf(analytics, table, `month = '${month}-01'`); from < each; from += rowsAtOnce) {
      await analytics.command(`
        insert into ${table}
        select reinterpretAsUUID(sipHash128(number)), ${clientOf(`toUInt64(${clients} * pow(cityHash64(number, 7) / 18446744073709551616., 2))`)}, 'erp',
               ${oneOf(['order', 'order', 'order', 'ticket', 'call', 'email'], 'cityHash64(number, 8)')}, toDate('${month}-01'),
               ${oneOf(['web', 'web', 'shop', 'phone', 'email'], 'cityHash64(number, 9)')}, toInt64(500 + cityHash64(number, 10) % 20000), 'EUR',
               toInt32(cityHash64(number, 11) % 4000) - 2000, 1, 0
          from numbers(${place * each + from}, ${Math.min(rowsAtOnce, each - from)})`);
    }
    if (place % 6 === 5) say(`${(place + 1) * each} events written`);
  }
}

async function fillProfiles(analytics: Analytics, clients: number, from: Month): Promise<void> {
  await analytics.command(`
    insert into ${tableOf('client_profile', 1)}
    select ${clientOf('number')}, toDate('${from}-01'), ${oneOf(['ES', 'IT', 'FR', 'PT', 'DE', 'unknown'], 'cityHash64(number, 1)')},
           ${oneOf(['retail', 'food', 'health', 'services', 'industry', 'unknown'], 'cityHash64(number, 2)')},
           ${oneOf(['search', 'social', 'event', 'unknown'], 'cityHash64(number, 3)')},
           ${oneOf(['18-24', '25-34', '35-44', '45-54', '65-plus'], 'cityHash64(number, 4)')},
           toDate('${from}-01') + toIntervalMonth(cityHash64(number, 5) % 48), toDate('${from}-01') + toIntervalMonth(cityHash64(number, 6) % 200), 1, 0
      from numbers(${clients})`);
}
