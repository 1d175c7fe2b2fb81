import { builder } from '../builder.ts';
import { clientsOf, type Told, told } from '../read-clients.ts';
import { ClientType } from './client.ts';

const IdentifierKind = builder.enumType('IdentifierKind', {
  description: 'What a client can be found by exactly.',
  values: {
    EMAIL: { value: 'email' },
    PHONE: { value: 'phone', description: 'In any format; say `country` when it has no +prefix' },
    TAX_ID: { value: 'tax-id' },
    EXTERNAL_ID: { value: 'external-id', description: 'As <linked system>:<id>' },
  } as const,
});

const IdentifierInput = builder.inputType('IdentifierInput', {
  description: 'One identifier of one client, in any format.',
  fields: (t) => ({
    kind: t.field({ type: IdentifierKind, required: true, description: 'What it identifies by' }),
    value: t.string({ required: true }),
    country: t.string({ description: 'ISO 3166-1 alpha-2: whose telephone numbers or tax ids these are' }),
  }),
});

const ClientFilter = builder.inputType('ClientFilter', {
  description: 'Narrows a list of clients; what is left out narrows nothing. A search ignores it.',
  fields: (t) => ({
    kind: t.string({ description: 'person or company' }),
    country: t.string({ description: 'ISO 3166-1 alpha-2' }),
    acquisitionSource: t.string(),
    companyId: t.id({ description: 'People who belong to this company' }),
    changedSince: t.string({ description: 'ISO 8601' }),
  }),
});

const ClientOrder = builder.enumType('ClientOrder', {
  description: 'How a list of clients is ordered. A search orders by how well it fits.',
  values: { NAME: { value: 'name' }, NEWEST_CHANGE: { value: 'newest-change' } } as const,
});

const ClientEdge = builder.objectRef<Told>('ClientEdge').implement({
  description: 'One client of a list.',
  fields: (t) => ({
    node: t.field({ type: ClientType, resolve: told }),
    cursor: t.string({ description: 'Give it as `after` to go on from here', resolve: told }),
  }),
});

const ClientPageInfo = builder.objectRef<Told>('ClientPageInfo').implement({
  description: 'Where a page of clients stands in its list.',
  fields: (t) => ({
    hasNextPage: t.boolean({ resolve: told }),
    hasPreviousPage: t.boolean({ resolve: told }),
    startCursor: t.string({ nullable: true, resolve: told }),
    endCursor: t.string({ nullable: true, resolve: told }),
  }),
});

const ClientConnection = builder.objectRef<Told>('ClientConnection').implement({
  description: 'A page of clients. @see https://relay.dev/graphql/connections.htm',
  fields: (t) => ({
    edges: t.field({ type: [ClientEdge], resolve: told }),
    pageInfo: t.field({ type: ClientPageInfo, resolve: told }),
  }),
});

builder.queryFields((t) => ({
  client: t.field({
    type: ClientType,
    nullable: true,
    description: 'One client by id (an id that was merged away still resolves) or by any identifier of any linked system',
    authScopes: { may: 'clients' },
    args: { id: t.arg.id(), by: t.arg({ type: IdentifierInput }) },
    resolve: (_root, _args, context, info) => clientsOf(context, info),
  }),
  clients: t.field({
    type: ClientConnection,
    description:
      'Clients in an order, or found by what is typed: a name (typos, accents and the order of words forgiven, the beginning is enough), an e-mail address, a telephone number, a tax id',
    authScopes: { may: 'clients' },
    args: {
      search: t.arg.string({ description: 'At most 200 characters' }),
      filter: t.arg({ type: ClientFilter }),
      orderBy: t.arg({ type: ClientOrder, description: 'NAME when left out' }),
      first: t.arg.int({ description: '1 to 100; 20 when left out' }),
      after: t.arg.string({ description: 'A cursor of this list' }),
    },
    resolve: async (_root, _args, context, info) => (await clientsOf(context, info)) ?? { edges: [] },
  }),
}));
