import { consentPolicy as shipped } from '../../domain/consent/consent-policy.ts';
import { type CategorisedField, type ProcessingRecord, processingRecord } from '../../domain/consent/processing-record.ts';
import { dataMap, processing, specialMap } from '../../store/read/accountability.ts';
import { builder } from '../builder.ts';

const authScopes = { may: 'privacy-requests' } as const;

/** One field of a kind of record, in the data map and in the record of processing. */
export const CategorisedFieldType = builder.objectRef<CategorisedField>('CategorisedField').implement({
  description: 'One field of a kind of record and the category of personal data that it holds.',
  authScopes,
  fields: (t) => ({
    field: t.exposeString('field', { description: 'Its name in the canonical record' }),
    category: t.exposeString('category', {
      description: 'identity, contact, tax-id, birth, commercial, conversation, document, consent, origin, special (free text)',
    }),
  }),
});

type Recipient = ProcessingRecord['recipients'][number];

const VendorFieldType = builder.objectRef<Recipient['vendorFields'][number]>('VendorField').implement({
  description: 'One field of a linked system that holds personal data, as its vendor names it.',
  authScopes,
  fields: (t) => ({
    stream: t.exposeString('stream', { description: 'Which listing of the vendor' }),
    field: t.exposeString('field', { description: 'Its path there' }),
    category: t.exposeString('category', { description: 'As the manifest of the connector says' }),
  }),
});

const SpecialFieldType = builder.objectRef<Recipient['special'][number]>('SpecialField').implement({
  description: 'One field of a linked system in which values of a special category were met (GDPR art. 9); never a value.',
  authScopes,
  fields: (t) => ({
    field: t.exposeString('field', { description: 'Where the system holds it' }),
    category: t.exposeString('category', { description: 'health, religion, politics...' }),
    held: t.exposeInt('held', { description: 'Values that may be held: by consent or another basis' }),
    aside: t.exposeInt('aside', { description: 'Values kept aside for want of a basis' }),
  }),
});

const HoldingType = builder.objectRef<Recipient['holds'][number]>('Holding').implement({
  description: 'What a recipient holds of one kind of record.',
  authScopes,
  fields: (t) => ({
    kind: t.exposeString('kind', { description: 'person, company, sale, interaction, consent or document' }),
    records: t.exposeInt('records', { description: 'Not deleted at the source' }),
    fields: t.field({
      type: [CategorisedFieldType],
      description: 'With the category of each',
      resolve: ({ fields }) => [...fields],
    }),
  }),
});

const RecipientType = builder.objectRef<Recipient>('Recipient').implement({
  description: 'One linked system, to which personal data is disclosed.',
  authScopes,
  fields: (t) => ({
    linkedSystemId: t.exposeString('linkedSystemId', { description: 'Its id' }),
    title: t.exposeString('title', { description: 'Its name for people' }),
    regions: t.stringList({ description: 'Where the vendor keeps the data', resolve: ({ regions }) => [...regions] }),
    transferBasis: t.exposeString('transferBasis', { nullable: true, description: 'Ground of a transfer out of the EEA' }),
    categories: t.stringList({ description: 'Of personal data', resolve: ({ categories }) => [...categories] }),
    holds: t.field({ type: [HoldingType], description: 'By kind of record', resolve: ({ holds }) => [...holds] }),
    vendorFields: t.field({
      type: [VendorFieldType],
      description: 'By the vendor’s own names',
      resolve: (one) => [...one.vendorFields],
    }),
    special: t.field({ type: [SpecialFieldType], description: 'Of special categories', resolve: ({ special }) => [...special] }),
  }),
});

type Purpose = ProcessingRecord['purposes'][number];

const RecordPurposeType = builder.objectRef<Purpose>('RecordPurpose').implement({
  description: 'One purpose of processing, as the policy has it and as people were asked.',
  authScopes,
  fields: (t) => ({
    purpose: t.exposeString('purpose', { description: 'Its name in the policy' }),
    title: t.string({
      description: 'For people, in es, it, fr or en',
      args: { language: t.arg.string({ defaultValue: 'en' }) },
      resolve: ({ title }, { language }) => title[(['es', 'it', 'fr'] as const).find((one) => one === language) ?? 'en'],
    }),
    legalBasis: t.exposeString('legalBasis', { description: 'On which it rests' }),
    dpv: t.exposeString('dpv', { description: 'The same in the Data Privacy Vocabulary' }),
    optional: t.exposeBoolean('optional', { description: 'Whether people may say no to it' }),
    channels: t.stringList({ description: 'By which media', resolve: ({ channels }) => [...channels] }),
    specialCategories: t.stringList({ description: 'GDPR art. 9', resolve: (one) => [...one.specialCategories] }),
    expiresAfterMonths: t.exposeInt('expiresAfterMonths', { nullable: true, description: 'How long a yes holds' }),
    people: t.exposeInt('people', { description: 'How many said something about it' }),
    saidIn: t.stringList({ description: 'Linked systems where it was said', resolve: ({ saidIn }) => [...saidIn] }),
  }),
});

const RetentionRuleType = builder.objectRef<ProcessingRecord['retention'][number]>('RetentionRule').implement({
  description: 'How long one category of people is kept.',
  authScopes,
  fields: (t) => ({
    category: t.exposeString('category', { description: 'prospect (never bought) or buyer' }),
    afterMonths: t.exposeInt('afterMonths', { description: 'Since they were last heard of' }),
    action: t.exposeString('action', { description: 'What is proposed then: erase or anonymise' }),
    legalBasis: t.exposeString('legalBasis', { description: 'Why so long' }),
  }),
});

const ProcessingRecordType = builder.objectRef<ProcessingRecord>('ProcessingRecord').implement({
  description:
    'The record of processing activities (GDPR art. 30(1)), made when it is asked for from the policy, the ledger and what is linked.',
  authScopes,
  fields: (t) => ({
    generatedAt: t.exposeString('generatedAt', { description: 'ISO 8601 UTC' }),
    controller: t.string({ description: 'Its name', resolve: ({ controller }) => controller.name }),
    contact: t.string({ description: 'How to reach it', resolve: ({ controller }) => controller.contact }),
    dpo: t.string({
      nullable: true,
      description: 'The data-protection officer',
      resolve: ({ controller }) => controller.dpo ?? null,
    }),
    purposes: t.field({ type: [RecordPurposeType], description: 'Why', resolve: ({ purposes }) => purposes }),
    unconfiguredPurposes: t.stringList({
      description: 'That a system brought and nobody described',
      resolve: (one) => one.unconfiguredPurposes,
    }),
    dataSubjects: t.stringList({ description: 'Whose data', resolve: ({ dataSubjects }) => [...dataSubjects] }),
    recipients: t.field({
      type: [RecipientType],
      description: 'Linked systems that hold something',
      resolve: ({ recipients }) => recipients,
    }),
    transfers: t.field({ type: [RecipientType], description: 'Those outside the EEA', resolve: ({ transfers }) => transfers }),
    retention: t.field({ type: [RetentionRuleType], description: 'How long', resolve: ({ retention }) => [...retention] }),
    security: t.stringList({ description: 'Measures', resolve: ({ security }) => [...security] }),
  }),
});

builder.queryField('processingRecord', (t) =>
  t.field({
    type: ProcessingRecordType,
    description: 'The record of processing activities',
    authScopes,
    resolve: async (_root, _args, { reader, consentPolicy: policy = shipped, connectors = [] }) => {
      const rows = { said: await processing(reader), held: await dataMap(reader), special: await specialMap(reader) };
      return processingRecord({ policy, connectors, ...rows }, new Date().toISOString());
    },
  }),
);
