import { beyond, type Catalog, domainOf } from '../domain/metrics/catalog.ts';
import type { MetricDimension } from '../schemas/types.ts';
import { dimensionFrom } from './coarse.ts';
import { tableOf } from './tables.ts';

/** Column of `client_months` behind each origin of a dimension: the place of the client's value in the domain. */
export const dimensionColumn: Readonly<Record<MetricDimension['from'], string>> = {
  'event-channel': 'channel',
  'client-country': 'country',
  'client-sector': 'sector',
  'client-acquisition-source': 'source',
  'client-age': 'age_band',
};

/** Stands for a value that is in no domain (any more). */
export const outsidePlace = 255;

const textOf = (value: string): string => `'${value.replaceAll(/[\\']/g, '\\$&')}'`;

/** Texts of a property as places in the domain of its dimension: a byte a client, by which grouping is fast. */
function placeOf(catalog: Catalog, from: MetricDimension['from']): string {
  const column = dimensionColumn[from];
  const dimension = dimensionFrom(catalog, from);
  if (dimension === undefined) return `toUInt8(${outsidePlace}) as ${column}`;
  const values = domainOf(dimension);
  const places = values.map((_, place) => place);
  return `toUInt8(transform(p.${column}, [${values.map(textOf).join(', ')}], [${places.join(', ')}], ${outsidePlace})) as ${column}`;
}

/** The channel of most events of a client, by its place; of two with equally many the one whose name comes last. */
function mainChannel(values: readonly string[]): string {
  const named = values.filter((value) => value !== beyond.other).map(textOf);
  const byName = values.toSorted();
  const counts = byName.map((value, rank) => {
    const count =
      value === beyond.other ? `countIf(channel not in (${named.join(', ')}))` : `countIf(channel = ${textOf(value)})`;
    return `${count} * ${values.length} + ${rank}`;
  });
  const places = byName.map((value) => values.indexOf(value));
  return `toUInt8([${places.join(', ')}][1 + greatest(${counts.join(', ')}) % ${values.length}])`;
}

/** Who bought in the three months before the last three, and who in those: for churn. */
const bought = (epoch: number): string => `,
  bought as (
    select client, max(month < addMonths(the_month, -2)) as bought_before, max(month >= addMonths(the_month, -2)) as bought_lately
      from ${tableOf('client_event', epoch)} final
     where month between addMonths(the_month, -5) and the_month and kind in ('order', 'invoice') group by client)`;

/**
 * The common table expressions up to `client_months`: a row a client who was there in the month {month: String}. A client has one channel,
 * that of most of its events, and one value of every other dimension: it lies in one cell of every table. Orders count where no system
 * invoices.
 * @param looksBack whether `bought_before` and `bought_lately` are asked for
 */
export function clientMonths(catalog: Catalog, epoch: number, looksBack: boolean): string {
  const channels = dimensionFrom(catalog, 'event-channel');
  const values = channels === undefined ? [beyond.other, beyond.unknown] : domainOf(channels);
  const past = looksBack ? 'bought.bought_before as bought_before, bought.bought_lately as bought_lately,' : '';
  return `
  with toDate({month: String}) as the_month,
  event as (select * from ${tableOf('client_event', epoch)} final where month = the_month),
  invoicing as (select distinct linked_system from event where kind = 'invoice'),
  active as (
    select client, count() as events, ${mainChannel(values)} as channel,
           countIf(is_sale) as sales, sumIf(amount_cents, is_sale and currency = 'EUR') as revenue_cents, countIf(kind = 'ticket') as tickets,
           countIf(waited >= 0) as answered,
           intDiv(sumIf(waited, waited >= 0), greatest(countIf(waited >= 0), 1)) as response_minutes
      from (select client, channel, kind, amount_cents, currency, response_minutes as waited,
                   kind = 'invoice' or (kind = 'order' and linked_system not in invoicing) as is_sale from event)
     group by client)${looksBack ? bought(epoch) : ''},
  client_months as (
    select if(active.events > 0, active.channel, ${values.indexOf(beyond.unknown)}) as channel,
           ${(['client-country', 'client-sector', 'client-acquisition-source', 'client-age'] as const).map((from) => placeOf(catalog, from)).join(', ')},
           ${past} p.opted_out_since as opted_out_since, p.consent_since as consent_since, active.events as events,
           active.sales as sales, active.revenue_cents as revenue_cents, active.tickets as tickets, active.answered as answered,
           active.response_minutes as response_minutes
      from (select * from ${tableOf('client_profile', epoch)} final) p
      left join active on active.client = p.client
      ${looksBack ? 'left join bought on bought.client = p.client' : ''}
     where p.since <= the_month or active.events > 0)`;
}
