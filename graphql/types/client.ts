import {
  contactsOf,
  type ClientRow,
  clientById,
  membersOf,
  provenanceOf,
  type ProvenanceRow,
  type MemberRow,
} from '../../store/read/clients.ts';
import {
  type GlanceRow,
  glanceAt,
  type InteractionRow,
  interactionsOf,
  type SaleRow,
  salesOf,
} from '../../store/read/activity-of-client.ts';
import { consentMatrixOf, suppressionsInForce } from '../../store/read/consent.ts';
import { recordLooks } from '../../store/access-log.ts';
import { builder } from '../builder.ts';
import type { GraphqlContext } from '../context.ts';
import { badArgument, pageSize } from '../paging.ts';
import { ConsentAnswerType, SuppressionType } from './consent.ts';

const SaleType = builder.objectRef<SaleRow>('Sale').implement({
  description: 'One quote, order, invoice or payment.',
  fields: (t) => ({
    id: t.exposeID('id'),
    linkedSystemId: t.exposeString('linkedSystemId'),
    kind: t.exposeString('saleKind', { description: 'quote, order, invoice or payment' }),
    status: t.exposeString('status', { nullable: true }),
    number: t.exposeString('number', { nullable: true }),
    at: t.exposeString('at', { description: 'ISO 8601 UTC' }),
    amount: t.float({
      description: 'Total, tax included, in units of the currency',
      resolve: ({ amountCents }) => Number(amountCents) / 100,
    }),
    currency: t.exposeString('currency', { description: 'ISO 4217' }),
    channel: t.exposeString('channel', { nullable: true }),
  }),
});

const InteractionType = builder.objectRef<InteractionRow>('Interaction').implement({
  description: 'One contact with a client: an e-mail, a call, a ticket, a note.',
  fields: (t) => ({
    id: t.exposeID('id'),
    linkedSystemId: t.exposeString('linkedSystemId'),
    kind: t.exposeString('interactionKind'),
    direction: t.exposeString('direction', { nullable: true }),
    status: t.exposeString('status', { nullable: true }),
    channel: t.exposeString('channel', { nullable: true }),
    at: t.exposeString('at', { description: 'ISO 8601 UTC' }),
    subject: t.exposeString('subject', { nullable: true }),
  }),
});

const GlanceType = builder.objectRef<GlanceRow>('Glance').implement({
  description: 'What to see first.',
  fields: (t) => ({
    amount12Months: t.float({ resolve: ({ amountCents12Months }) => Number(amountCents12Months) / 100 }),
    currency: t.exposeString('currency', { nullable: true }),
    lastPurchaseAt: t.exposeString('lastPurchaseAt', { nullable: true }),
    lastContactAt: t.exposeString('lastContactAt', { nullable: true }),
    openTickets: t.exposeInt('openTickets'),
  }),
});

const ProvenanceType = builder.objectRef<ProvenanceRow>('Provenance').implement({
  description: 'Where one golden value comes from, by which rule it won, and what lost.',
  fields: (t) => ({
    field: t.exposeString('field'),
    linkedSystemId: t.exposeString('linkedSystemId'),
    externalId: t.exposeString('externalId'),
    rule: t.exposeString('rule'),
    at: t.exposeString('at', { nullable: true }),
    losing: t.stringList({
      description: 'The values that lost, as JSON text',
      resolve: ({ losing }) => losing.map((lost) => JSON.stringify(lost)),
    }),
  }),
});

const MemberType = builder.objectRef<MemberRow>('SourceRecord').implement({
  description: 'One record of a linked system that belongs to this client.',
  fields: (t) => ({
    linkedSystemId: t.exposeString('linkedSystemId'),
    linkedSystem: t.exposeString('title'),
    kind: t.exposeString('kind'),
    externalId: t.exposeString('externalId'),
    changedAt: t.exposeString('changedAt', { nullable: true }),
    seenAt: t.exposeString('seenAt'),
  }),
});

const texts = (golden: ClientRow['golden'], field: string): string[] => {
  const value = golden[field];
  return Array.isArray(value) ? value.map(String) : [];
};

const text = (golden: ClientRow['golden'], field: string): string | null => {
  const value = golden[field];
  return typeof value === 'string' ? value : null;
};

export const ClientType = builder.objectRef<ClientRow>('Client');

ClientType.implement({
  description: 'The golden record of one person or one company.',
  authScopes: { may: 'clients' },
  fields: (t) => ({
    id: t.exposeID('id'),
    kind: t.exposeString('kind', { description: 'person or company' }),
    name: t.exposeString('displayName', { nullable: true }),
    emails: t.stringList({ resolve: ({ golden }) => texts(golden, 'emails') }),
    phones: t.stringList({ resolve: ({ golden }) => texts(golden, 'phones') }),
    taxId: t.string({ nullable: true, resolve: ({ golden }) => text(golden, 'taxId') }),
    birthDate: t.string({ nullable: true, resolve: ({ golden }) => text(golden, 'birthDate') }),
    country: t.exposeString('country', { nullable: true, description: 'ISO 3166-1 alpha-2' }),
    acquisitionSource: t.exposeString('acquisitionSource', { nullable: true }),
    firstSeenAt: t.exposeString('firstSeenAt'),
    updatedAt: t.exposeString('updatedAt'),
    company: t.field({
      type: ClientType,
      nullable: true,
      description: 'The company this contact belongs to',
      resolve: async ({ companyId }, _args, context) => (companyId ? await lookAtOne(context, companyId) : null),
    }),
    contacts: t.field({
      type: [ClientType],
      description: 'People who belong to this company',
      args: { first: t.arg.int() },
      resolve: async ({ id }, { first }, context) => await lookAt(context, await contactsOf(context.reader, id, pageSize(first))),
    }),
    glance: t.field({ type: GlanceType, complexity: 10, resolve: ({ id }, _args, { reader }) => glanceAt(reader, id) }),
    sales: t.field({
      type: [SaleType],
      description: 'Newest first',
      args: { first: t.arg.int(), before: t.arg.string() },
      resolve: ({ id }, { first, before }, { reader }) => salesOf(reader, id, pageSize(first), instant(before)),
    }),
    timeline: t.field({
      type: [InteractionType],
      description: 'Interactions, newest first',
      args: { first: t.arg.int(), before: t.arg.string() },
      resolve: ({ id }, { first, before }, { reader }) => interactionsOf(reader, id, pageSize(first), instant(before)),
    }),
    consent: t.field({
      type: [ConsentAnswerType],
      description: 'What the person allows, by purpose and channel; what is not listed is unknown, and unknown is no',
      resolve: ({ id }, _args, { reader }) => consentMatrixOf(reader, id),
    }),
    suppressions: t.field({
      type: [SuppressionType],
      description: 'Do not contact: in force, by linked system',
      resolve: ({ id }, _args, { reader }) => suppressionsInForce(reader, id, 500),
    }),
    provenance: t.field({ type: [ProvenanceType], resolve: ({ id }, _args, { reader }) => provenanceOf(reader, id) }),
    records: t.field({ type: [MemberType], resolve: ({ id }, _args, { reader }) => membersOf(reader, id) }),
  }),
});

/** Writes who looks before anything is shown; when that fails, so does the read. */
export async function lookAt(context: GraphqlContext, clients: readonly ClientRow[]): Promise<ClientRow[]> {
  const { viewer, accessor } = context;
  await recordLooks(
    accessor,
    clients.map(({ id }) => ({ actor: viewer.subject, role: viewer.roles.join('+'), clientId: id })),
  );
  return [...clients];
}

/** One client by id or alias, looked at; null when there is none to show. */
export async function lookAtOne(context: GraphqlContext, id: string): Promise<ClientRow | null> {
  const client = await clientById(context.reader, id);
  return client ? ((await lookAt(context, [client]))[0] ?? null) : null;
}

function instant(value: string | null | undefined): string | undefined {
  if (!value) return undefined;
  if (Number.isNaN(Date.parse(value))) throw badArgument('before', 'must be an ISO 8601 time, for example 2026-01-31T00:00:00Z');
  return new Date(value).toISOString();
}
