import { micro } from '../../domain/metrics/catalog.ts';
import { ownCatalog } from '../../analytics/catalog.ts';
import { type ReleasedMonth, releasedMonths } from '../../store/read/release.ts';
import { builder } from '../builder.ts';
import { pageSize } from '../paging.ts';

const MetricMonthType = builder.objectRef<ReleasedMonth>('MetricMonth').implement({
  description:
    'A closed month of the release ledger: what its figures may tell about one client at most, and how much of that is used.',
  fields: (t) => ({
    month: t.exposeString('month', { description: 'YYYY-MM' }),
    budget: t.float({
      description:
        'Epsilon of one client for this month over everything ever published about it; fixed when the month was opened',
      resolve: ({ budgetMicro }) => budgetMicro / 1_000_000,
    }),
    spent: t.float({ description: 'What the published tables used of it', resolve: ({ spentMicro }) => spentMicro / 1_000_000 }),
    advantageBound: t.float({
      description:
        'The most that all figures of the month together help to guess whether one client was in them: 0 is nothing, 1 is certainty; tanh(spent/2)',
      resolve: ({ spentMicro }) => Math.tanh(spentMicro / 2_000_000),
    }),
    tables: t.exposeInt('tables', { description: 'Published tables' }),
    openedAt: t.exposeString('releasedAt', { description: 'ISO 8601 UTC' }),
  }),
});

builder.queryFields((t) => ({
  metricBudgets: t.field({
    type: [MetricMonthType],
    description: 'The privacy budget of the metrics, newest month first. A table that the budget does not cover is refused.',
    authScopes: { may: 'privacy-requests' },
    args: { first: t.arg.int({ description: '1 to 100, 20 when left out' }) },
    resolve: (_root, { first }, { reader }) => releasedMonths(reader, pageSize(first)),
  }),
  metricBudgetDefault: t.float({
    description: 'Epsilon that the next month will be opened with: analytics/parameters.yaml',
    authScopes: { may: 'privacy-requests' },
    resolve: () => micro(ownCatalog().parameters.budget) / 1_000_000,
  }),
}));
