import { type OverviewRow, overview } from '../../store/read/overview.ts';
import { builder } from '../builder.ts';

const OverviewType = builder.objectRef<OverviewRow>('Overview').implement({
  description: 'How much there is of everything: counts only.',
  fields: (t) => ({
    linkedSystems: t.exposeInt('linkedSystems'),
    records: t.exposeInt('records', { description: 'Source records of every kind' }),
    people: t.exposeInt('people', { description: 'Clients who are people' }),
    companies: t.exposeInt('companies', { description: 'Clients that are companies' }),
    mergedRecords: t.exposeInt('mergedRecords', { description: 'Records that joined another record of the same client' }),
    openReviews: t.exposeInt('openReviews'),
    openRejects: t.exposeInt('openRejects', { description: 'Records kept aside, not replayed yet' }),
    suppressionsConfirmed: t.exposeInt('suppressionsConfirmed', {
      description: 'Opt-outs that the linked system confirmed when read back',
    }),
    suppressionsWaiting: t.exposeInt('suppressionsWaiting'),
    requestsOpen: t.exposeInt('requestsOpen'),
    requestsClosed: t.exposeInt('requestsClosed'),
    evidence: t.exposeInt('evidence', { description: 'Pieces of evidence over all privacy requests' }),
  }),
});

builder.queryFields((t) => ({
  overview: t.field({
    type: OverviewType,
    authScopes: { may: 'linked-systems' },
    complexity: 50,
    resolve: (_root, _args, { reader }) => overview(reader),
  }),
}));
