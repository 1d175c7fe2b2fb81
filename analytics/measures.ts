import type { ReleasedMetric } from '../schemas/types.ts';

/** What one client adds to one month, before the clamp, over a row of `client_months`. */
export interface MeasureSql {
  readonly sql: string;
  /** Whether it takes the sales of the months before, which most measures do without. */
  readonly looksBack: boolean;
}

const inMonth = (sql: string): MeasureSql => ({ sql, looksBack: false });
const overMonths = (sql: string): MeasureSql => ({ sql, looksBack: true });

export const measureSql: Readonly<Record<ReleasedMetric['measure'], MeasureSql>> = {
  present: inMonth('1'),
  active: inMonth('toInt64(events > 0)'),
  sales: inMonth('sales'),
  'revenue-cents': inMonth('revenue_cents'),
  tickets: inMonth('tickets'),
  customer: overMonths('toInt64(bought_before)'),
  churned: overMonths('toInt64(bought_before and not bought_lately)'),
  'response-minutes': inMonth('response_minutes'),
  answered: inMonth('toInt64(answered > 0)'),
  'opted-out': inMonth('toInt64(opted_out_since <= the_month)'),
  'consent-known': inMonth('toInt64(consent_since <= the_month)'),
};
