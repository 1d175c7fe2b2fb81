import { builder } from '../builder.ts';
import { type Told, told } from '../read-clients.ts';

const LosingValueType = builder.objectRef<Told>('LosingValue').implement({
  description: 'A value that another system holds and that did not win.',
  fields: (t) => ({
    value: t.string({ nullable: true, description: 'As text; lists and objects as JSON', resolve: told }),
    linkedSystemId: t.string({ nullable: true, resolve: told }),
    at: t.string({ nullable: true, description: 'When the source said so, ISO 8601 UTC', resolve: told }),
  }),
});

export const ProvenanceType = builder.objectRef<Told>('Provenance').implement({
  description:
    'Where one golden value comes from, by which rule it won, and what lost. Values of tax id, birth date and notes only to who may read those fields.',
  fields: (t) => ({
    field: t.string({ resolve: told }),
    value: t.string({ nullable: true, description: 'As text; lists and objects as JSON', resolve: told }),
    linkedSystemId: t.string({ resolve: told }),
    externalId: t.string({ description: 'Of the record in the linked system', resolve: told }),
    rule: t.string({ description: 'source-rank, most-recent, most-complete or union', resolve: told }),
    at: t.string({ nullable: true, description: 'When the source said so, ISO 8601 UTC', resolve: told }),
    losing: t.field({ type: [LosingValueType], resolve: told }),
  }),
});

export const SourceRecordType = builder.objectRef<Told>('SourceRecord').implement({
  description: 'One record of a linked system that belongs to this client.',
  fields: (t) => ({
    linkedSystemId: t.string({ resolve: told }),
    linkedSystem: t.string({ description: 'Its title', resolve: told }),
    kind: t.string({ description: 'person or company', resolve: told }),
    externalId: t.string({ resolve: told }),
    changedAt: t.string({ nullable: true, description: 'As the source says, ISO 8601 UTC', resolve: told }),
    seenAt: t.string({ description: 'When a run last listed it, ISO 8601 UTC', resolve: told }),
    syncedAt: t.string({
      nullable: true,
      description: 'When the last run of its system ended well, ISO 8601 UTC',
      resolve: told,
    }),
  }),
});

export const ClientRequestType = builder.objectRef<Told>('ClientRequest').implement({
  description: 'A privacy request that runs on this client.',
  fields: (t) => ({
    id: t.id({ resolve: told }),
    type: t.string({ description: 'access, rectification, erasure, restriction, portability or objection', resolve: told }),
    state: t.string({ resolve: told }),
    receivedAt: t.string({ description: 'ISO 8601 UTC', resolve: told }),
    dueAt: t.string({ description: 'ISO 8601 UTC', resolve: told }),
  }),
});
