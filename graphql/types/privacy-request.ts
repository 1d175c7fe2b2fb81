import {
  type EvidenceRow,
  evidenceOf,
  type PlanLineRow,
  planLinesOf,
  type PrivacyRequestRow,
  privacyRequestById,
  privacyRequests,
} from '../../store/read/privacy-requests.ts';
import { openPrivacyTasks, type PrivacyTaskRow } from '../../store/read/privacy-questions.ts';
import { answersTo } from '../../domain/privacy/answers.ts';
import { builder } from '../builder.ts';
import { badArgument, connectionOf, cursorOf, pageSize, positionOf, uuid } from '../paging.ts';
import { connectionType } from '../relay-list.ts';

const PlanLineType = builder.objectRef<PlanLineRow>('PlanLine').implement({
  description: 'One located record and what will happen to it.',
  fields: (t) => ({
    id: t.exposeID('id'),
    linkedSystemId: t.exposeString('linkedSystemId'),
    kind: t.exposeString('kind'),
    action: t.exposeString('action', { description: 'delete, anonymise, block-until, keep-until, manual or export' }),
    legalBasis: t.exposeString('legalBasis', { nullable: true }),
    until: t.exposeString('until', { nullable: true }),
    state: t.exposeString('state'),
    residue: t.stringList({
      description: 'Places where the system still holds it, with the date it purges them, if any',
      resolve: ({ residue }) => residue.map(({ where, due }) => (due ? `${where} until ${due}` : where)),
    }),
  }),
});

const EvidenceType = builder.objectRef<EvidenceRow>('Evidence').implement({
  description: 'What a linked system answered: never a value, only counts, codes and a digest.',
  fields: (t) => ({
    id: t.exposeID('id'),
    linkedSystemId: t.exposeString('linkedSystemId'),
    verb: t.exposeString('verb'),
    result: t.exposeString('result'),
    status: t.exposeInt('status', { nullable: true }),
    countBefore: t.exposeInt('countBefore', { nullable: true }),
    countAfter: t.exposeInt('countAfter', { nullable: true }),
    digest: t.exposeString('digest', { nullable: true, description: 'sha-256, hex' }),
    at: t.exposeString('at'),
  }),
});

const PrivacyTaskType = builder.objectRef<PrivacyTaskRow>('PrivacyTask').implement({
  description: 'Something that stops a request until a person answers: `ficha request settle`.',
  fields: (t) => ({
    id: t.exposeID('id'),
    reason: t.exposeString('reason', {
      description: 'namesake, manual-task, needs-attention, cannot-locate, deadline-near or returned-record',
    }),
    answers: t.stringList({ description: 'The answers that it takes', resolve: ({ reason }) => [...answersTo(reason)] }),
    linkedSystemId: t.exposeString('linkedSystemId', { nullable: true }),
    planLineId: t.exposeID('planLineId', { nullable: true }),
    openedAt: t.exposeString('openedAt'),
  }),
});

const PrivacyRequestType = builder.objectRef<PrivacyRequestRow>('PrivacyRequest').implement({
  description: 'A data subject request, from receipt to evidence.',
  authScopes: { may: 'privacy-requests' },
  fields: (t) => ({
    id: t.exposeID('id'),
    type: t.exposeString('type'),
    state: t.exposeString('state'),
    outcome: t.exposeString('outcome', { nullable: true, description: 'Computed from the evidence only' }),
    receivedAt: t.exposeString('receivedAt'),
    dueAt: t.exposeString('dueAt'),
    closedAt: t.exposeString('closedAt', { nullable: true }),
    firstDueAt: t.exposeString('firstDueAt', { nullable: true, description: 'The deadline before it was extended' }),
    identityProof: t.exposeString('identityProof', { description: 'How the person proves who they are: login, link or manual' }),
    identityProvenAt: t.exposeString('identityProvenAt', { nullable: true, description: 'Null while it is not proven' }),
    scope: t.exposeString('scope', { nullable: true, description: 'Of an objection: marketing or other' }),
    approvedBy: t.stringList({
      description: 'Who approved the plan as it stands, oldest first',
      resolve: ({ approvals }) => approvals.map(({ by }) => by),
    }),
    askedAgain: t.exposeInt('duplicates', { description: 'How often the same was asked again while it was open' }),
    planHash: t.exposeString('planHash', {
      nullable: true,
      description: 'Name this in the approval: it says which plan was seen',
    }),
    decidedBy: t.exposeString('decidedBy', { nullable: true }),
    certificate: t.string({
      nullable: true,
      description: 'Signed JSON; `ficha request verify` checks it offline',
      resolve: ({ certificate }) => (certificate === null ? null : JSON.stringify(certificate)),
    }),
    plan: t.field({ type: [PlanLineType], resolve: ({ id }, _args, { reader }) => planLinesOf(reader, id) }),
    tasks: t.field({
      type: [PrivacyTaskType],
      description: 'What waits for a person, oldest first',
      resolve: ({ id }, _args, { reader }) => openPrivacyTasks(reader, id),
    }),
    evidence: t.field({ type: [EvidenceType], resolve: ({ id }, _args, { reader }) => evidenceOf(reader, id) }),
  }),
});

const PrivacyRequestConnection = connectionType<PrivacyRequestRow>('PrivacyRequest', PrivacyRequestType);

builder.queryFields((t) => ({
  privacyRequest: t.field({
    type: PrivacyRequestType,
    nullable: true,
    authScopes: { may: 'privacy-requests' },
    args: { id: t.arg.id({ required: true }) },
    resolve: async (_root, { id }, { reader }) => (uuid.test(id) ? ((await privacyRequestById(reader, id)) ?? null) : null),
  }),
  privacyRequests: t.field({
    type: PrivacyRequestConnection,
    description: 'Newest first; `open` leaves out those that are closed',
    authScopes: { may: 'privacy-requests' },
    args: { open: t.arg.boolean(), first: t.arg.int(), after: t.arg.string() },
    resolve: async (_root, { open, first, after }, { reader }) => {
      const size = pageSize(first);
      const before = positionOf(after, ['id'])?.['id'];
      if (before !== undefined && !uuid.test(before)) throw badArgument('after', 'is not a cursor of this list');
      const rows = await privacyRequests(reader, { open: open ?? false, before }, size + 1);
      return connectionOf(rows, size, ({ id }) => cursorOf({ id }), before !== undefined);
    },
  }),
}));
