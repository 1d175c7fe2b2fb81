import { type MetricCell, revenueAndActiveClients } from '../../analytics/metrics/revenue-and-active-clients.ts';
import { builder } from '../builder.ts';
import { badArgument } from '../paging.ts';

const month = /^\d{4}-(0[1-9]|1[0-2])$/;

const MetricCellType = builder.objectRef<MetricCell>('MetricCell').implement({
  description: 'One cell of an anonymous metric. A cell about fewer people than the threshold says so and shows nothing.',
  fields: (t) => ({
    month: t.exposeString('month', { description: 'YYYY-MM' }),
    channel: t.exposeString('channel'),
    country: t.exposeString('country'),
    suppressed: t.exposeBoolean('suppressed'),
    activeClients: t.exposeInt('activeClients', { nullable: true, description: 'Clients with a sale or an interaction' }),
    revenue: t.float({
      nullable: true,
      description: 'Invoiced, in euros',
      resolve: ({ revenueCents }) => (revenueCents === null ? null : revenueCents / 100),
    }),
  }),
});

builder.queryFields((t) => ({
  metrics: t.field({
    type: [MetricCellType],
    description:
      'Revenue and active clients by month, channel and country. There is no free filter: picking a month is the only choice.',
    authScopes: { may: 'metrics' },
    args: {
      from: t.arg.string({ required: true, description: 'First month, YYYY-MM' }),
      to: t.arg.string({ required: true, description: 'Last month, YYYY-MM, at most 36 months later' }),
    },
    resolve: async (_root, { from, to }, { analytics }) => {
      for (const [name, value] of [
        ['from', from],
        ['to', to],
      ] as const) {
        if (!month.test(value)) throw badArgument(name, 'must be a month such as 2026-03');
      }
      if (monthsBetween(from, to) < 0 || monthsBetween(from, to) > 36)
        throw badArgument('to', 'must be 0 to 36 months after `from`');
      return await revenueAndActiveClients(analytics, { from, to });
    },
  }),
}));

function monthsBetween(from: string, to: string): number {
  const count = (text: string) => Number(text.slice(0, 4)) * 12 + Number(text.slice(5, 7));
  return count(to) - count(from);
}
