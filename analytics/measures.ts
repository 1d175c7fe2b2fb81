import type { MetricDimension, ReleasedMetric } from '../schemas/types.ts';

/** What one client adds to one month, before the clamp, over a row of `client_months` in release.ts. */
export const measureSql: Readonly<Record<ReleasedMetric['measure'], string>> = {
  present: '1',
  active: 'toInt64(events > 0)',
  sales: 'sales',
  'revenue-cents': 'revenue_cents',
  tickets: 'tickets',
  customer: 'toInt64(bought_before)',
  churned: 'toInt64(bought_before and not bought_lately)',
  'response-minutes': 'response_minutes',
  answered: 'toInt64(answered > 0)',
  'opted-out': 'toInt64(opted_out_since <= the_month)',
  'consent-known': 'toInt64(consent_since <= the_month)',
};

/** Column of `client_months` behind each origin of a dimension. */
export const dimensionColumn: Readonly<Record<MetricDimension['from'], string>> = {
  'event-channel': 'channel',
  'client-country': 'country',
  'client-sector': 'sector',
  'client-acquisition-source': 'source',
  'client-age': 'age_band',
};
