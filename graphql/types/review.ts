import { type ShownField, shownFields } from '../../domain/access/shown-fields.ts';
import { type Reason, reasonsInWords, ruleInWords } from '../../domain/identity/reasons-in-words.ts';
import { recordLook } from '../../store/access-log.ts';
import {
  type ComparedRecord,
  comparedRecords,
  factsOfPairs,
  openReviewCount,
  openReviews,
  type PairRow,
  pairsBetween,
  type ReviewRow,
  reviewById,
} from '../../store/read/reviews.ts';
import { builder } from '../builder.ts';
import type { GraphqlContext } from '../context.ts';
import { connectionOf, cursorOf, pageSize, positionOf, uuid } from '../paging.ts';
import { connectionType } from '../relay-list.ts';

export const ReasonType = builder.objectRef<Reason>('MatchReason').implement({
  description: 'What one field says of two records.',
  fields: (t) => ({
    field: t.exposeString('field'),
    level: t.exposeString('level', { description: 'Code of the agreement, as it is stored' }),
    speaks: t.exposeString('speaks', { description: 'for one client, against, or neither' }),
    words: t.exposeString('words'),
    code: t.exposeString('code', { description: 'Names the words, for whoever says them in another language' }),
    number: t.exposeInt('number', {
      nullable: true,
      description: 'The number in the words: clients that share it, or days or years between',
    }),
    weight: t.exposeFloat('weight', {
      nullable: true,
      description: 'Match weight in bits: what is above 0 speaks for one client',
    }),
  }),
});

const FieldValueType = builder.objectRef<ShownField>('RecordField').implement({
  description: 'One field of a record as its system holds it; `(hidden)` where the role may not read its category.',
  fields: (t) => ({ field: t.exposeString('field'), value: t.exposeString('value') }),
});

const ComparedRecordType = builder.objectRef<ComparedRecord>('ComparedRecord').implement({
  description: 'One record of one side of a review.',
  fields: (t) => ({
    recordId: t.exposeID('id', { description: 'Names it in `ficha client split` and `why`' }),
    clientId: t.exposeID('clientId'),
    kind: t.exposeString('kind'),
    linkedSystemId: t.exposeString('systemId'),
    externalId: t.exposeString('externalId'),
    changedAt: t.exposeString('changedAt', { nullable: true, description: 'As the source says, ISO 8601 UTC' }),
    fields: t.field({ type: [FieldValueType], resolve: ({ canonical }, _args, { viewer }) => shownFields(viewer, canonical) }),
  }),
});

interface Pair extends PairRow {
  readonly reasons: readonly Reason[];
}

export const PairType = builder.objectRef<Pair>('MatchPair').implement({
  description: 'Two records, what was decided of them, and why.',
  fields: (t) => ({
    one: t.exposeID('one', { description: 'Record id' }),
    other: t.exposeID('other', { description: 'Record id' }),
    outcome: t.exposeString('outcome', { description: 'same, review or different' }),
    rule: t.exposeString('rule', { description: 'Code of the rule that decided' }),
    ruleInWords: t.string({ resolve: ({ rule }) => ruleInWords(rule) }),
    reasons: t.field({ type: [ReasonType], resolve: ({ reasons }) => [...reasons] }),
    at: t.exposeString('at', { description: 'When this was last decided anew, ISO 8601 UTC' }),
  }),
});

/** Adds words and numbers to stored pairs. @param pairs n <= 100 */
export async function explained({ reader }: GraphqlContext, pairs: readonly PairRow[]): Promise<Pair[]> {
  const facts = new Map((await factsOfPairs(reader, pairs)).map((row) => [`${row.one} ${row.other}`, row]));
  return pairs.map((pair) => {
    const { emailSharedBy, phoneSharedBy, birthDaysApart } = facts.get(`${pair.one} ${pair.other}`) ?? {};
    const known = {
      ...(emailSharedBy ? { emailSharedBy } : {}),
      ...(phoneSharedBy ? { phoneSharedBy } : {}),
      ...(birthDaysApart ? { birthDaysApart } : {}),
    };
    return { ...pair, reasons: reasonsInWords(pair.evidence, known) };
  });
}

/** The records of these clients, once the look at them is logged. */
export async function lookedAt(
  { reader, accessor, viewer }: GraphqlContext,
  clientIds: readonly string[],
): Promise<ComparedRecord[]> {
  await recordLook(accessor, { actor: viewer.subject, role: viewer.roles.join('+'), clientIds, purpose: 'review' });
  return await comparedRecords(reader, clientIds);
}

const ReviewType = builder.objectRef<ReviewRow>('Review').implement({
  description: 'Two clients that may be one. One answer settles every pair of their records, on every later run too.',
  authScopes: { may: 'reviews' },
  fields: (t) => ({
    id: t.exposeID('id'),
    state: t.exposeString('state', { description: 'open, settled or withdrawn' }),
    answer: t.exposeString('answer', { nullable: true, description: 'same or different' }),
    reason: t.exposeString('reason', { description: 'Code of the rule that doubts' }),
    reasonInWords: t.string({ resolve: ({ reason }) => ruleInWords(reason) }),
    clientIds: t.idList({ resolve: ({ one, other }) => [one, other] }),
    pairs: t.exposeInt('pairs', { description: 'Pairs of records that carry the doubt' }),
    records: t.exposeInt('records', { description: 'Records of both sides' }),
    priority: t.exposeFloat('priority', { description: 'Value x doubt; the largest comes first' }),
    openedAt: t.exposeString('openedAt'),
    laterUntil: t.exposeString('laterUntil', { nullable: true }),
    sides: t.field({
      type: [ComparedRecordType],
      description: 'The records of both sides, at most 20 of each. The look is logged',
      resolve: ({ one, other }, _args, context) => lookedAt(context, [one, other]),
    }),
    why: t.field({
      type: [PairType],
      description: 'The pairs between the two, those in doubt first, at most 20',
      resolve: async ({ one, other }, _args, context) => await explained(context, await pairsBetween(context.reader, one, other)),
    }),
  }),
});

const ReviewConnection = connectionType<ReviewRow>('Review', ReviewType);

builder.queryFields((t) => ({
  reviews: t.field({
    type: ReviewConnection,
    description: 'Open reviews, the most valuable doubt first; not those put off until later',
    authScopes: { may: 'reviews' },
    args: { first: t.arg.int(), after: t.arg.string() },
    resolve: async (_root, { first, after }, { reader }) => {
      const size = pageSize(first);
      const position = positionOf(after, ['priority', 'id']);
      const from = position && { priority: Number(position['priority']), id: position['id'] ?? '' };
      const rows = await openReviews(reader, from, size + 1);
      return connectionOf(rows, size, ({ priority, id }) => cursorOf({ priority, id }), from !== undefined);
    },
  }),
  reviewCount: t.int({
    description: 'How many reviews wait now',
    authScopes: { may: 'reviews' },
    resolve: (_root, _args, { reader }) => openReviewCount(reader),
  }),
  review: t.field({
    type: ReviewType,
    nullable: true,
    authScopes: { may: 'reviews' },
    args: { id: t.arg.id({ required: true }) },
    resolve: async (_root, { id }, { reader }) => (uuid.test(id) ? ((await reviewById(reader, id)) ?? null) : null),
  }),
}));
