import { builder } from '../builder.ts';
import { type Told, told } from '../read-clients.ts';
import { ConsentAnswerType, ConsentEventType, SuppressionType } from './consent.ts';
import { GlanceType } from './glance.ts';
import { ClientRequestType, ProvenanceType, SourceRecordType } from './origin.ts';
import { DocumentType, InteractionKind, InteractionType, SaleKind, SaleType } from './activity.ts';

const AddressType = builder.objectRef<Told>('Address').implement({
  description: 'One postal address as written.',
  fields: (t) => ({
    street: t.string({ nullable: true, resolve: told }),
    city: t.string({ nullable: true, resolve: told }),
    postcode: t.string({ nullable: true, resolve: told }),
    region: t.string({ nullable: true, resolve: told }),
    country: t.string({ nullable: true, description: 'ISO 3166-1 alpha-2', resolve: told }),
  }),
});

const SpecialValueType = builder.objectRef<Told>('SpecialValue').implement({
  description: 'A value of a special category (GDPR art. 9) that may be held. Category special: needs an explicit grant.',
  fields: (t) => ({
    category: t.string({ description: 'health, religion, politics...', resolve: told }),
    field: t.string({ description: 'Where the linked system holds it', resolve: told }),
    linkedSystemId: t.string({ resolve: told }),
    value: t.string({ nullable: true, resolve: told }),
    basis: t.string({ description: 'consent, or the basis that the policy or the DPO recorded', resolve: told }),
    since: t.string({ description: 'Since when it may be held, ISO 8601 UTC', resolve: told }),
  }),
});

export const ClientType = builder.objectRef<Told>('Client');

ClientType.implement({
  description:
    'The golden record of one person or one company. Each one that is shown is written into the access log first. Who is blocked, restricted or erased is never in an answer.',
  authScopes: { may: 'clients' },
  fields: (t) => ({
    id: t.id({ description: 'Stays when records are merged into it; an id that was merged away leads here', resolve: told }),
    formerIds: t.idList({
      description: 'Ids that were merged into this one, the oldest first; each still leads here',
      resolve: told,
    }),
    kind: t.string({ description: 'person or company', resolve: told }),
    name: t.string({ nullable: true, description: 'As it is shown', resolve: told }),
    givenName: t.string({ nullable: true, resolve: told }),
    familyName: t.string({ nullable: true, resolve: told }),
    emails: t.stringList({ description: 'The main one first', resolve: told }),
    phones: t.stringList({ description: 'The main one first', resolve: told }),
    addresses: t.field({ type: [AddressType], description: 'The main one first', resolve: told }),
    taxId: t.string({
      nullable: true,
      description: 'Category tax-id; who may not read it sees the last three characters',
      resolve: told,
    }),
    birthDate: t.string({ nullable: true, description: 'ISO 8601 date. Category birth', resolve: told }),
    country: t.string({ nullable: true, description: 'ISO 3166-1 alpha-2', resolve: told }),
    language: t.string({ nullable: true, description: 'ISO 639-1', resolve: told }),
    position: t.string({ nullable: true, description: 'What the person is in their company', resolve: told }),
    sector: t.string({ nullable: true, description: 'Of a company', resolve: told }),
    website: t.string({ nullable: true, resolve: told }),
    notes: t.string({
      nullable: true,
      description: 'Free text, which may say anything about a person. Category special: needs an explicit grant',
      resolve: told,
    }),
    specialData: t.field({
      type: [SpecialValueType],
      description:
        'What may be held of special categories; what arrived without consent or another basis is kept aside and is not here',
      resolve: told,
    }),
    acquisitionSource: t.string({ nullable: true, description: 'How the client first came', resolve: told }),
    firstSeenAt: t.string({ description: 'ISO 8601 UTC', resolve: told }),
    updatedAt: t.string({ description: 'ISO 8601 UTC', resolve: told }),
    company: t.field({ type: ClientType, nullable: true, description: 'The company this contact belongs to', resolve: told }),
    contacts: t.field({
      type: [ClientType],
      description: 'People who belong to this company, by name',
      args: { first: t.arg.int({ description: '1 to 100; 20 when left out' }) },
      resolve: told,
    }),
    glance: t.field({ type: GlanceType, description: 'What to see first', resolve: told }),
    sales: t.field({
      type: [SaleType],
      description: 'Quotes, orders, invoices and payments, newest first',
      args: {
        kind: t.arg({ type: SaleKind }),
        first: t.arg.int(),
        before: t.arg.string({ description: 'ISO 8601: only what is older' }),
      },
      resolve: told,
    }),
    timeline: t.field({
      type: [InteractionType],
      description: 'Contacts with the client, newest first',
      args: {
        kind: t.arg({ type: InteractionKind }),
        first: t.arg.int(),
        before: t.arg.string({ description: 'ISO 8601: only what is older' }),
      },
      resolve: told,
    }),
    documents: t.field({
      type: [DocumentType],
      description: 'Metadata of documents, newest first; the originals stay where they are',
      args: { first: t.arg.int() },
      resolve: told,
    }),
    consent: t.field({
      type: [ConsentAnswerType],
      description: 'What the person allows, by purpose and channel; what is not listed is unknown, and unknown is no',
      resolve: told,
    }),
    consentHistory: t.field({
      type: [ConsentEventType],
      description: 'Everything the person ever said, newest first, with its proof',
      args: { first: t.arg.int() },
      resolve: told,
    }),
    suppressions: t.field({
      type: [SuppressionType],
      description: 'Do not contact: in force, by linked system',
      resolve: told,
    }),
    provenance: t.field({ type: [ProvenanceType], description: 'Where each value comes from, and what lost', resolve: told }),
    records: t.field({
      type: [SourceRecordType],
      description: 'The records that make up this ficha, and how fresh they are',
      resolve: told,
    }),
    runningRequests: t.field({
      type: [ClientRequestType],
      description: 'Privacy requests of this person that are not closed, the nearest deadline first',
      resolve: told,
    }),
  }),
});
