import {
  type LinkedSystemRow,
  linkedSystems,
  openReviewTasks,
  type ReviewTaskRow,
  type SyncRunRow,
  syncRuns,
} from '../../store/read/operations.ts';
import { type CursorRow, cursorsOf } from '../../store/read/stream-state.ts';
import { builder } from '../builder.ts';
import { badArgument, connectionOf, cursorOf, pageSize, positionOf, uuid } from '../paging.ts';
import { connectionType } from '../relay-list.ts';

const StreamType = builder.objectRef<CursorRow>('Stream').implement({
  description: 'One stream of a linked system and how far it has been read.',
  fields: (t) => ({
    stream: t.exposeString('stream', { description: 'Its name in the manifest' }),
    done: t.exposeBoolean('done', { description: 'The last run reached its end' }),
    updatedAt: t.exposeString('updatedAt', { description: 'When its cursor last moved, ISO 8601 UTC' }),
    lagSeconds: t.exposeInt('lagSeconds', { description: 'How long ago that was' }),
  }),
});

const LinkedSystemType = builder.objectRef<LinkedSystemRow>('LinkedSystem').implement({
  description: 'One instance of an external system.',
  authScopes: { may: 'linked-systems' },
  fields: (t) => ({
    id: t.exposeID('id'),
    connector: t.exposeString('connector'),
    title: t.exposeString('title'),
    state: t.exposeString('state'),
    syncEveryMinutes: t.exposeInt('syncEveryMinutes'),
    records: t.int({ resolve: ({ records }) => Number(records) }),
    openRejects: t.int({
      description: 'Records kept aside, not replayed yet',
      resolve: ({ openRejects }) => Number(openRejects),
    }),
    lastDoneAt: t.exposeString('lastDoneAt', { nullable: true }),
    streams: t.field({
      type: [StreamType],
      description: 'How far each stream has been read',
      resolve: ({ id }, _args, { reader }) => cursorsOf(reader, id),
    }),
  }),
});

const SyncRunType = builder.objectRef<SyncRunRow>('SyncRun').implement({
  description: 'One pull of one linked system.',
  authScopes: { may: 'linked-systems' },
  fields: (t) => ({
    id: t.exposeID('id'),
    linkedSystemId: t.exposeString('linkedSystemId'),
    mode: t.exposeString('mode', {
      description:
        'full, incremental, replay of what was kept aside, or consent: a look at what people allow that found something',
    }),
    state: t.exposeString('state', { description: 'running, done or failed' }),
    pulled: t.int({ resolve: ({ pulled }) => Number(pulled) }),
    changed: t.int({ resolve: ({ changed }) => Number(changed) }),
    deleted: t.int({ resolve: ({ deleted }) => Number(deleted) }),
    rejected: t.int({ resolve: ({ rejected }) => Number(rejected) }),
    tombstoned: t.int({
      description: 'Records of erased people that came back and were not written',
      resolve: ({ tombstoned }) => Number(tombstoned),
    }),
    pages: t.int({ resolve: ({ pages }) => Number(pages) }),
    errorCode: t.exposeString('errorCode', { nullable: true }),
    startedAt: t.exposeString('startedAt'),
    endedAt: t.exposeString('endedAt', { nullable: true }),
  }),
});

const ReviewTaskType = builder.objectRef<ReviewTaskRow>('ReviewTask').implement({
  description: 'One thing that a person must decide.',
  authScopes: { may: 'reviews' },
  fields: (t) => ({
    id: t.exposeID('id'),
    kind: t.exposeString('kind'),
    reason: t.exposeString('reason'),
    openedAt: t.exposeString('openedAt'),
  }),
});

const SyncRunConnection = connectionType<SyncRunRow>('SyncRun', SyncRunType);

builder.queryFields((t) => ({
  linkedSystems: t.field({
    type: [LinkedSystemType],
    authScopes: { may: 'linked-systems' },
    resolve: (_root, _args, { reader }) => linkedSystems(reader),
  }),
  syncRuns: t.field({
    type: SyncRunConnection,
    description: 'Newest first',
    authScopes: { may: 'linked-systems' },
    args: {
      linkedSystemId: t.arg.string(),
      consentLooks: t.arg.boolean({ description: 'Only looks at what people allow, which come often; or all but those' }),
      first: t.arg.int(),
      after: t.arg.string(),
    },
    resolve: async (_root, { linkedSystemId, consentLooks: looks, first, after }, { reader }) => {
      const size = pageSize(first);
      const before = positionOf(after, ['id'])?.['id'];
      if (before !== undefined && !uuid.test(before)) throw badArgument('after', 'is not a cursor of this list');
      const rows = await syncRuns(reader, { systemId: linkedSystemId, looks, before }, size + 1);
      return connectionOf(rows, size, ({ id }) => cursorOf({ id }), before !== undefined);
    },
  }),
  reviewTasks: t.field({
    type: [ReviewTaskType],
    description: 'Open tasks, oldest first',
    authScopes: { may: 'reviews' },
    args: { first: t.arg.int() },
    resolve: (_root, { first }, { reader }) => openReviewTasks(reader, pageSize(first)),
  }),
}));
