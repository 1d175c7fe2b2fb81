import { type QualityRow, qualityOf } from '../../store/read/quality.ts';
import { builder } from '../builder.ts';
import { badArgument } from '../paging.ts';

const mostDays = 366;

const DataQualityType = builder.objectRef<QualityRow>('DataQuality').implement({
  description: 'How good the data of one linked system was on one day. Counts and shares only.',
  authScopes: { may: 'linked-systems' },
  fields: (t) => ({
    day: t.exposeString('day', { description: 'YYYY-MM-DD, UTC' }),
    linkedSystemId: t.exposeString('linkedSystemId'),
    records: t.int({ description: 'People and companies', resolve: ({ records }) => Number(records) }),
    duplicates: t.int({
      description: 'Records beyond the first of one client in the same system',
      resolve: ({ duplicates }) => Number(duplicates),
    }),
    conflicts: t.int({
      description: 'Golden fields in which this system says otherwise than the value that won',
      resolve: ({ conflicts }) => Number(conflicts),
    }),
    identifiers: t.int({
      description: 'E-mails, telephones and tax ids as written',
      resolve: ({ identifiers }) => Number(identifiers),
    }),
    invalidIdentifiers: t.int({
      description: 'Of those: placeholders, repeated in one record, or not readable as what they should be',
      resolve: ({ invalidIdentifiers }) => Number(invalidIdentifiers),
    }),
    rejected: t.int({ description: 'Records kept aside, not replayed yet', resolve: ({ rejected }) => Number(rejected) }),
    completeness: t.exposeFloat('completeness', {
      nullable: true,
      description: 'Share of name, e-mail, telephone, address, birth date or tax id that is filled',
    }),
    freshness: t.exposeFloat('freshness', {
      nullable: true,
      description: 'Share of records that their source changed within 365 days',
    }),
  }),
});

builder.queryFields((t) => ({
  dataQuality: t.field({
    type: [DataQualityType],
    description: 'Newest day first: the trend of one system, or of all',
    authScopes: { may: 'linked-systems' },
    args: { linkedSystemId: t.arg.string(), days: t.arg.int({ description: '1 to 366; 1 when left out' }) },
    resolve: (_root, { linkedSystemId, days }, { reader }) => {
      const asked = days ?? 1;
      if (asked < 1 || asked > mostDays) throw badArgument('days', `must be between 1 and ${mostDays}`);
      return qualityOf(reader, linkedSystemId ?? undefined, asked);
    },
  }),
}));
