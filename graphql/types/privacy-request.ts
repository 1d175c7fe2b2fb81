import {
  type EvidenceRow,
  evidenceOf,
  type PlanLineRow,
  planLinesOf,
  type PrivacyRequestRow,
  privacyRequestById,
  privacyRequests,
} from '../../store/read/privacy-requests.ts';
import { type PrivacyStep, privacySteps } from '../../store/read/privacy-steps.ts';
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
    action: t.exposeString('action', {
      description: 'delete, anonymise, block-until, keep-until, manual, export, rectify or restrict',
    }),
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
    planLineId: t.exposeID('lineId', {
      nullable: true,
      description: 'Line of the plan that it proves something of; null where it is about the system',
    }),
    verb: t.exposeString('verb', { description: 'locate, search (in files), erase, redact, verify, export, suppress or manual' }),
    query: t.string({
      nullable: true,
      description:
        'What was asked of the system: its server, and its calls as the manifest has them, without whom they are about',
      resolve: ({ query }) => query ?? null,
    }),
    result: t.exposeString('result'),
    status: t.exposeInt('status', { nullable: true }),
    countBefore: t.exposeInt('countBefore', { nullable: true }),
    countAfter: t.exposeInt('countAfter', { nullable: true }),
    vendorRequestId: t.exposeString('vendorRequestId', { nullable: true, description: 'How the vendor calls this exchange' }),
    digest: t.exposeString('digest', { nullable: true, description: 'sha-256, hex' }),
    at: t.exposeString('at'),
  }),
});

const PrivacyStepType = builder.objectRef<PrivacyStep>('PrivacyStep').implement({
  description: 'What one linked system has to do for a request, and how far it is.',
  fields: (t) => ({
    linkedSystemId: t.exposeString('linkedSystemId'),
    state: t.exposeString('state', {
      description: 'nothing-held, pending, acting, verifying, grace, needs-you, done (read back) or kept (by law)',
    }),
    lines: t.exposeInt('lines', { description: 'Lines of the plan that lie there' }),
    settled: t.exposeInt('settled', { description: 'Of those: verified or kept' }),
    evidence: t.exposeInt('evidence', { description: 'Answers of the system that are kept as evidence' }),
    nextLookAt: t.exposeString('nextLookAt', {
      nullable: true,
      description: 'When a line in its grace period is read again, ISO 8601 UTC',
    }),
    lastAnswerAt: t.exposeString('lastAnswerAt', { nullable: true, description: 'ISO 8601 UTC' }),
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
    mentionId: t.exposeID('mentionId', {
      nullable: true,
      description: "Place in somebody else's text that it is about: `GET /v1/requests/:id/mentions` shows the words around it",
    }),
    openedAt: t.exposeString('openedAt'),
  }),
});

const PrivacyRequestType = builder.objectRef<PrivacyRequestRow>('PrivacyRequest').implement({
  description: 'A data subject request, from receipt to evidence.',
  authScopes: { may: 'privacy-requests' },
  fields: (t) => ({
    id: t.exposeID('id'),
    clientId: t.exposeID('clientId', {
      description: 'Whose it is; the client may be erased since, and then nothing is found under it',
    }),
    type: t.exposeString('type'),
    state: t.exposeString('state'),
    outcome: t.exposeString('outcome', { nullable: true, description: 'Computed from the evidence only' }),
    receivedAt: t.exposeString('receivedAt'),
    dueAt: t.exposeString('dueAt'),
    overdue: t.exposeBoolean('overdue', { description: 'The deadline has passed and the request is open' }),
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
    steps: t.field({
      type: [PrivacyStepType],
      description: 'System by system: every one that was searched, by its id',
      resolve: ({ id }, _args, { reader }) => privacySteps(reader, id),
    }),
    tasks: t.field({
      type: [PrivacyTaskType],
      description: 'What waits for a person, oldest first',
      resolve: ({ id }, _args, { reader }) => openPrivacyTasks(reader, id),
    }),
    evidence: t.field({ type: [EvidenceType], resolve: ({ id }, _args, { reader }) => evidenceOf(reader, id) }),
  }),
});

const PrivacyRequestOrder = builder.enumType('PrivacyRequestOrder', {
  description: 'How a list of privacy requests is ordered.',
  values: {
    NEWEST: { value: 'newest', description: 'The last one received first' },
    DEADLINE: { value: 'deadline', description: 'The nearest deadline first' },
  } as const,
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
    description: 'Privacy requests; `open` leaves out those that are closed',
    authScopes: { may: 'privacy-requests' },
    args: {
      open: t.arg.boolean(),
      orderBy: t.arg({ type: PrivacyRequestOrder, description: 'NEWEST when left out' }),
      first: t.arg.int(),
      after: t.arg.string(),
    },
    resolve: async (_root, { open, orderBy, first, after }, { reader }) => {
      const size = pageSize(first);
      const past = positionOf(after, ['id'])?.['id'];
      if (past !== undefined && !uuid.test(past)) throw badArgument('after', 'is not a cursor of this list');
      const rows = await privacyRequests(reader, { open: open ?? false, past, order: orderBy ?? 'newest' }, size + 1);
      return connectionOf(rows, size, ({ id }) => cursorOf({ id }), past !== undefined);
    },
  }),
}));
