import { builder } from '../builder.ts';
import { type Told, told } from '../read-clients.ts';

const PotentialReasonType = builder.objectRef<Told>('PotentialReason').implement({
  description: 'Why a score is what it is.',
  fields: (t) => ({
    code: t.string({ description: 'bought-lately, buys-often, buys-much or has-open-offer', resolve: told }),
    points: t.int({ resolve: told }),
    most: t.int({ description: 'The most that this reason can give', resolve: told }),
  }),
});

const PotentialType = builder.objectRef<Told>('Potential').implement({
  description:
    'How much business to expect, by rules that anyone can check: recency, frequency, amount, open offers. No profile of the person.',
  fields: (t) => ({
    score: t.int({ nullable: true, description: '0 to 100; null for who objects to profiling or to advertising', resolve: told }),
    reasons: t.field({ type: [PotentialReasonType], description: 'What gave points, the most first', resolve: told }),
  }),
});

export const GlanceType = builder.objectRef<Told>('Glance').implement({
  description: 'What to see first.',
  fields: (t) => ({
    amount12Months: t.float({
      description: 'Invoiced in the last 12 months, or ordered when the client is never invoiced; in `currency`',
      resolve: told,
    }),
    currency: t.string({ nullable: true, description: 'ISO 4217: the one in which the client buys most', resolve: told }),
    lastPurchaseAt: t.string({ nullable: true, description: 'ISO 8601 UTC', resolve: told }),
    lastPurchaseAmount: t.float({ nullable: true, resolve: told }),
    lastContactAt: t.string({ nullable: true, description: 'ISO 8601 UTC', resolve: told }),
    lastContactChannel: t.string({ nullable: true, resolve: told }),
    openTickets: t.int({ resolve: told }),
    openOffers: t.int({ description: 'Quotes that wait for an answer', resolve: told }),
    potential: t.field({ type: PotentialType, resolve: told }),
    qualityFlags: t.stringList({
      description:
        'What is wrong with the data: no-email, no-phone, no-tax-id, no-address, sources-disagree, shares-an-identifier, not-seen-for-a-year',
      resolve: told,
    }),
  }),
});
