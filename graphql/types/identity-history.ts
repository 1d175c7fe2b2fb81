import { type Reason, reasonsInWords, ruleInWords } from '../../domain/identity/reasons-in-words.ts';
import {
  decisionsOnClient,
  type HistoryRow,
  historyOfClient,
  type IdentityDecisionRow,
} from '../../store/read/client-history.ts';
import { currentClientIds } from '../../store/read/clients.ts';
import { type IdentityRecord, recordsByRef } from '../../store/read/identity-records.ts';
import { constraintsAmong } from '../../store/read/match.ts';
import { type PairRow, pairOf, pairsInside } from '../../store/read/reviews.ts';
import { builder } from '../builder.ts';
import type { GraphqlContext } from '../context.ts';
import { explained, lookedAt, PairType, ReasonType } from './review.ts';
import { badArgument, uuid } from '../paging.ts';

const StepType = builder.objectRef<HistoryRow>('ClientHistoryStep').implement({
  description: 'One step of how a client grew or shrank, on the evidence that was stored then.',
  fields: (t) => ({
    at: t.exposeString('at', { description: 'ISO 8601 UTC' }),
    cause: t.exposeString('cause', { description: 'founded, joined, parted or left' }),
    recordId: t.exposeID('recordId'),
    linkedSystemId: t.exposeString('systemId'),
    externalId: t.exposeString('externalId'),
    fromClientId: t.exposeID('fromClientId', { nullable: true }),
    toClientId: t.exposeID('toClientId', { nullable: true }),
    withRecordId: t.exposeID('withRecordId', { nullable: true, description: 'The member that it joined, or was parted from' }),
    rule: t.exposeString('rule', { nullable: true }),
    ruleInWords: t.string({ nullable: true, resolve: ({ rule }) => (rule === null ? null : ruleInWords(rule)) }),
    reasons: t.field({ type: [ReasonType], resolve: ({ evidence }): Reason[] => reasonsInWords(evidence) }),
    decisionId: t.exposeID('decisionId', {
      nullable: true,
      description: 'When a person decided: `ficha client undo` takes it back',
    }),
    decidedBy: t.exposeString('decidedBy', { nullable: true }),
    undoneAt: t.exposeString('undoneAt', { nullable: true }),
  }),
});

const DecisionType = builder.objectRef<IdentityDecisionRow>('IdentityDecision').implement({
  description: 'What a person decided of clients.',
  fields: (t) => ({
    id: t.exposeID('id'),
    kind: t.exposeString('kind', { description: 'split, merge, link or review' }),
    answer: t.exposeString('answer', { description: 'same or different' }),
    decidedBy: t.exposeString('decidedBy'),
    at: t.exposeString('at'),
    undoneBy: t.exposeString('undoneBy', { nullable: true }),
    undoneAt: t.exposeString('undoneAt', { nullable: true }),
  }),
});

interface History {
  readonly clientId: string;
  readonly steps: readonly HistoryRow[];
  readonly decisions: readonly IdentityDecisionRow[];
}

const HistoryType = builder.objectRef<History>('ClientHistory').implement({
  description: 'How one client came to be what it is.',
  authScopes: { may: 'reviews' },
  fields: (t) => ({
    clientId: t.exposeID('clientId'),
    steps: t.field({ type: [StepType], description: 'Oldest first, at most 500', resolve: ({ steps }) => [...steps] }),
    decisions: t.field({
      type: [DecisionType],
      description: 'Newest first, at most 100',
      resolve: ({ decisions }) => [...decisions],
    }),
  }),
});

interface Why {
  readonly sameClient: boolean;
  readonly byHand: string | null;
  readonly answer: string;
  readonly pair: PairRow | null;
  readonly path: readonly PairRow[];
}

const WhyType = builder.objectRef<Why>('Why').implement({
  description: 'Why two records are one client, or why not.',
  authScopes: { may: 'reviews' },
  fields: (t) => ({
    sameClient: t.exposeBoolean('sameClient'),
    answer: t.exposeString('answer', { description: 'In words' }),
    byHand: t.exposeString('byHand', { nullable: true, description: 'must-link or cannot-link, when a person decided' }),
    pair: t.field({
      type: PairType,
      nullable: true,
      description: 'The two themselves, when they were compared',
      resolve: async ({ pair }, _args, context) => (pair === null ? null : ((await explained(context, [pair]))[0] ?? null)),
    }),
    path: t.field({
      type: [PairType],
      description: 'The records over which one is tied to the other, when it is not tied directly',
      resolve: ({ path }, _args, context) => explained(context, path),
    }),
  }),
});

/** The shortest chain of accepted pairs from one record to the other inside their client. */
function pathBetween(pairs: readonly PairRow[], from: string, to: string): PairRow[] {
  const reached = new Map<string, readonly PairRow[]>([[from, []]]);
  for (const [here, path] of reached) {
    if (here === to) return [...path];
    for (const pair of pairs) {
      if (pair.outcome !== 'same' || (pair.one !== here && pair.other !== here)) continue;
      const next = pair.one === here ? pair.other : pair.one;
      if (!reached.has(next)) reached.set(next, [...path, pair]);
    }
  }
  return [];
}

function inWords(sameClient: boolean, byHand: string | null, pair: PairRow | undefined, path: readonly PairRow[]): string {
  if (byHand !== null) return `${sameClient ? 'one client' : 'two clients'}: ${ruleInWords(byHand)}`;
  if (pair === undefined) {
    if (!sameClient) return 'two clients: they share nothing by which they would be compared';
    return `one client, tied over ${Math.max(0, path.length - 1)} other record(s)`;
  }
  const said = ruleInWords(pair.rule);
  if (sameClient)
    return pair.outcome === 'same' ? `one client: ${said}` : `one client, tied over other records; of the two alone: ${said}`;
  return pair.outcome === 'review' ? `two clients, and a person is asked: ${said}` : `two clients: ${said}`;
}

async function whyOf(context: GraphqlContext, one: IdentityRecord, other: IdentityRecord): Promise<Why> {
  const { reader } = context;
  const sameClient = one.clientId !== null && one.clientId === other.clientId;
  const [constraint] = await constraintsAmong(reader, [one.id, other.id]);
  const pair = await pairOf(reader, one.id, other.id);
  const tied = sameClient && pair?.outcome !== 'same';
  const path = tied && one.clientId !== null ? pathBetween(await pairsInside(reader, one.clientId), one.id, other.id) : [];
  const byHand = constraint?.kind ?? null;
  return { sameClient, byHand, answer: inWords(sameClient, byHand, pair, path), pair: pair ?? null, path };
}

builder.queryFields((t) => ({
  why: t.field({
    type: WhyType,
    description:
      'Why two records are one client or not, from what is stored. A record is named by its id or as <linked system>:<external id>',
    authScopes: { may: 'reviews' },
    args: { one: t.arg.string({ required: true }), other: t.arg.string({ required: true }) },
    resolve: async (_root, args, context) => {
      const [one, other] = await recordsByRef(context.reader, [args.one, args.other]);
      if (one === undefined || other === undefined) throw new TypeError('every reference is found or refused');
      await lookedAt(context, [...new Set([one, other].flatMap(({ clientId }) => clientId ?? []))]);
      return await whyOf(context, one, other);
    },
  }),
  clientHistory: t.field({
    type: HistoryType,
    description:
      'How a client grew, step by step; an id that was merged away stands for the client that it leads to. The look is logged',
    authScopes: { may: 'reviews' },
    args: { id: t.arg.id({ required: true }) },
    resolve: async (_root, { id }, context) => {
      if (!uuid.test(id)) throw badArgument('id', 'is not an id of a client');
      const clientId = (await currentClientIds(context.reader, [id])).get(id) ?? id;
      await lookedAt(context, [clientId]);
      const { reader } = context;
      return { clientId, steps: await historyOfClient(reader, clientId), decisions: await decisionsOnClient(reader, clientId) };
    },
  }),
}));
