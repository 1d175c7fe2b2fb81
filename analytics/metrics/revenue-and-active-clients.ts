import type { Analytics } from '../clickhouse.ts';

/** Fewest clients that a cell may be about. */
export const threshold = 10;

/** One month, channel and country. Values are null when fewer than `threshold` clients stand behind them. */
export interface MetricCell {
  readonly month: string;
  readonly channel: string;
  readonly country: string;
  readonly suppressed: boolean;
  readonly activeClients: number | null;
  readonly revenueCents: number | null;
}

interface Cell {
  readonly month: string;
  readonly channel: string;
  readonly country: string;
  readonly clients: string;
  readonly buyers: string;
  readonly revenue: string;
}

/**
 * Revenue (euros, in cents) and active clients by month, channel and country. Revenue counts invoices; orders only of linked systems
 * that hold no invoice, so that no sale counts twice. A cell, and the revenue in it, need `threshold` clients each.
 * @param range first and last month, YYYY-MM
 */
export async function revenueAndActiveClients(
  analytics: Analytics,
  range: { readonly from: string; readonly to: string },
): Promise<MetricCell[]> {
  const cells = await analytics.query<Cell>(
    `with invoicing as (select distinct linked_system from client_event final where kind = 'invoice')
     select formatDateTime(month, '%Y-%m') as month, channel, country,
            uniqExact(client) as clients,
            uniqExactIf(client, kind = 'invoice' or (kind = 'order' and linked_system not in invoicing)) as buyers,
            sumIf(amount_cents, currency = 'EUR' and (kind = 'invoice' or (kind = 'order' and linked_system not in invoicing))) as revenue
       from client_event final
      where client_event.month between toDate({from: String}) and toDate({to: String})
      group by client_event.month, channel, country
      order by month, channel, country`,
    { from: `${range.from}-01`, to: `${range.to}-01` },
  );
  return cells.map(({ month, channel, country, clients, buyers, revenue }) => {
    const suppressed = Number(clients) < threshold;
    return {
      month,
      channel,
      country,
      suppressed,
      activeClients: suppressed ? null : Number(clients),
      revenueCents: suppressed || Number(buyers) < threshold ? null : Number(revenue),
    };
  });
}
