import {
  type AuditListRow,
  auditNewestFirst,
  dataMap,
  type DataMapRow,
  type LookRow,
  looksAt,
  processing,
  type ProcessingRow,
} from '../../store/read/accountability.ts';
import { categorised } from '../../domain/consent/processing-record.ts';
import { builder } from '../builder.ts';
import { badArgument, connectionOf, cursorOf, pageSize, positionOf, uuid } from '../paging.ts';
import { connectionType } from '../relay-list.ts';
import { CategorisedFieldType } from './processing-record.ts';

const AuditEntryType = builder.objectRef<AuditListRow>('AuditEntry').implement({
  description:
    'One entry of the hash-chained audit log. It holds ids and codes, no personal data; `ficha audit verify` checks the chain.',
  authScopes: { may: 'privacy-requests' },
  fields: (t) => ({
    seq: t.id({ description: 'Place in the chain', resolve: ({ seq }) => seq }),
    at: t.exposeString('at', { description: 'ISO 8601 UTC' }),
    actor: t.exposeString('actor', { description: 'Subject of the token, or `ficha`' }),
    action: t.exposeString('action', { description: 'What was done' }),
    subject: t.exposeString('subject', { nullable: true, description: 'Opaque id of what it was done to' }),
    facts: t.string({ description: 'JSON', resolve: ({ facts }) => JSON.stringify(facts) }),
    hash: t.exposeString('hash', { description: 'SHA-256, hex: covers the entry before' }),
  }),
});

const LookType = builder.objectRef<LookRow>('Look').implement({
  description: 'One time that somebody was shown a ficha.',
  authScopes: { may: 'privacy-requests' },
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Of the entry in the access log' }),
    at: t.exposeString('at', { description: 'ISO 8601 UTC' }),
    actor: t.exposeString('actor', { description: 'Subject of the token' }),
    role: t.exposeString('role', { description: 'Roles of the token, joined by +' }),
    shown: t.exposeInt('shown', { description: 'How many fichas the same question showed' }),
  }),
});

const DataMapType = builder.objectRef<DataMapRow>('DataMapLine').implement({
  description: 'What one linked system holds of one kind of record, from what was pulled.',
  authScopes: { may: 'privacy-requests' },
  fields: (t) => ({
    linkedSystemId: t.exposeString('linkedSystemId', { description: 'Its id' }),
    title: t.exposeString('title', { description: 'Its name for people' }),
    connector: t.exposeString('connector', { description: 'Which connector reads it' }),
    kind: t.exposeString('kind', { description: 'person, company, sale, interaction, consent or document' }),
    records: t.exposeInt('records', { description: 'Not deleted at the source' }),
    fields: t.stringList({ description: 'Names of the fields that its records fill', resolve: ({ fields }) => [...fields] }),
    holds: t.field({
      type: [CategorisedFieldType],
      description: 'The same fields, each with the category of personal data that it holds',
      resolve: ({ kind, fields }) => categorised(kind, fields),
    }),
    oldestSeenAt: t.exposeString('oldestSeenAt', { description: 'ISO 8601 UTC' }),
    newestSeenAt: t.exposeString('newestSeenAt', { description: 'ISO 8601 UTC' }),
  }),
});

const ProcessingType = builder.objectRef<ProcessingRow>('ProcessingActivity').implement({
  description: 'One purpose as the consent ledger knows it; `processingRecord` is the whole record (GDPR art. 30).',
  authScopes: { may: 'privacy-requests' },
  fields: (t) => ({
    purpose: t.exposeString('purpose', { description: 'Why' }),
    legalBasis: t.exposeString('legalBasis', { description: 'As the events say' }),
    channels: t.stringList({ description: 'By which media', resolve: ({ channels }) => [...channels] }),
    linkedSystemIds: t.stringList({ description: 'Where it was said', resolve: ({ linkedSystemIds }) => [...linkedSystemIds] }),
    people: t.exposeInt('people', { description: 'How many people said something about it' }),
    since: t.exposeString('since', { description: 'The first time, ISO 8601 UTC' }),
    suppressions: t.exposeInt('suppressions', { description: 'In force now, over all systems' }),
  }),
});

const AuditConnection = connectionType<AuditListRow>('AuditEntry', AuditEntryType);
const LookConnection = connectionType<LookRow>('Look', LookType);

builder.queryFields((t) => ({
  auditEntries: t.field({
    type: AuditConnection,
    description: 'The audit log, newest first',
    authScopes: { may: 'privacy-requests' },
    args: { subject: t.arg.string(), action: t.arg.string(), first: t.arg.int(), after: t.arg.string() },
    resolve: async (_root, { subject, action, first, after }, { reader }) => {
      const size = pageSize(first);
      const before = positionOf(after, ['seq'])?.['seq'];
      if (before !== undefined && !/^\d{1,18}$/.test(before)) throw badArgument('after', 'is not a cursor of this list');
      const rows = await auditNewestFirst(reader, { before, subject, action }, size + 1);
      return connectionOf(rows, size, ({ seq }) => cursorOf({ seq }), before !== undefined);
    },
  }),
  looks: t.field({
    type: LookConnection,
    description: 'Who was shown one ficha, newest first',
    authScopes: { may: 'privacy-requests' },
    args: { clientId: t.arg.id({ required: true }), first: t.arg.int(), after: t.arg.string() },
    resolve: async (_root, { clientId, first, after }, { reader }) => {
      if (!uuid.test(clientId)) throw badArgument('clientId', 'is not an id of a client');
      const size = pageSize(first);
      const before = positionOf(after, ['id'])?.['id'];
      if (before !== undefined && !uuid.test(before)) throw badArgument('after', 'is not a cursor of this list');
      const rows = await looksAt(reader, clientId, before, size + 1);
      return connectionOf(rows, size, ({ id }) => cursorOf({ id }), before !== undefined);
    },
  }),
  dataMap: t.field({
    type: [DataMapType],
    description: 'Where personal data lies, by linked system and kind of record',
    authScopes: { may: 'privacy-requests' },
    resolve: (_root, _args, { reader }) => dataMap(reader),
  }),
  processing: t.field({
    type: [ProcessingType],
    description: 'Purposes with their legal basis, channels, systems and number of people',
    authScopes: { may: 'privacy-requests' },
    resolve: (_root, _args, { reader }) => processing(reader),
  }),
}));
