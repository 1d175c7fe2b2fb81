import { type FlagRow, flagCounts, openRejects, type RejectedRow } from '../../store/read/stream-state.ts';
import { builder } from '../builder.ts';
import { badArgument, connectionOf, cursorOf, pageSize, positionOf } from '../paging.ts';
import { connectionType } from '../relay-list.ts';

const RejectedRecordType = builder.objectRef<RejectedRow>('RejectedRecord').implement({
  description:
    'A record that could not be read, validated or mapped: kept aside with its reason; `ficha system rejects --replay` reads it anew.',
  authScopes: { may: 'linked-systems' },
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Of the record kept aside' }),
    linkedSystemId: t.exposeString('linkedSystemId', { description: 'Where it comes from' }),
    runId: t.exposeString('runId', { description: 'The run that met it' }),
    stream: t.exposeString('stream', { description: 'The stream that it comes by' }),
    externalId: t.exposeString('externalId', {
      nullable: true,
      description: 'Its id in the linked system, where it could be read',
    }),
    reasonCode: t.exposeString('reasonCode', { description: 'For machines' }),
    reason: t.exposeString('reason', { description: 'Names field and rule, never a value' }),
    at: t.exposeString('at', { description: 'ISO 8601 UTC' }),
  }),
});

const FlagCountType = builder.objectRef<FlagRow>('FlagCount').implement({
  description: 'How many active clients one quality flag holds of.',
  authScopes: { may: 'linked-systems' },
  fields: (t) => ({
    flag: t.exposeString('flag', { description: 'As in Glance.qualityFlags' }),
    clients: t.exposeInt('clients', { description: 'How many' }),
    share: t.exposeFloat('share', { description: 'Of all active clients, 0 to 1' }),
  }),
});

const RejectedConnection = connectionType<RejectedRow>('RejectedRecord', RejectedRecordType);

builder.queryFields((t) => ({
  rejectedRecords: t.field({
    type: RejectedConnection,
    description: 'Records kept aside and not replayed yet, newest first',
    authScopes: { may: 'linked-systems' },
    args: { linkedSystemId: t.arg.string(), first: t.arg.int(), after: t.arg.string() },
    resolve: async (_root, { linkedSystemId, first, after }, { reader }) => {
      const size = pageSize(first);
      const before = positionOf(after, ['id'])?.['id'];
      if (before !== undefined && !/^\d{1,18}$/.test(before)) throw badArgument('after', 'is not a cursor of this list');
      const rows = await openRejects(reader, { systemId: linkedSystemId, before }, size + 1);
      return connectionOf(rows, size, ({ id }) => cursorOf({ id }), before !== undefined);
    },
  }),
  flagCounts: t.field({
    type: [FlagCountType],
    description: 'What is wrong with the data of all active clients, as counts',
    authScopes: { may: 'linked-systems' },
    resolve: (_root, _args, { reader }) => flagCounts(reader),
  }),
}));
