import { createServer, type RequestListener } from 'node:http';
import { serve } from '@hono/node-server';
import DataLoader from 'dataloader';
import Fastify from 'fastify';
import { createSchema, createYoga } from 'graphql-yoga';
import mercurius from 'mercurius';
import type { Analytics } from '../analytics/clickhouse.ts';
import { createGraphqlHandler } from '../graphql/server.ts';
import { createLog } from '../platform/log.ts';
import { bearerOf, createTokenVerifier } from '../platform/token.ts';
import { type Database, openDatabase, type Prepared } from '../store/database.ts';
import { testKeyRing } from '../test/support/keys.ts';
import { batches, type Batches, type Row, typeDefs } from './graphql-peer-data.ts';

/** One server of the comparison, in a process of its own: `tsx bench/graphql-servers.ts <kind>` with its settings in the environment. */
type Listen = (reader: Database, accessor: Database) => Promise<number>;

const listening = (handler: RequestListener): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer(handler).listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });

const noAnalytics = { query: () => Promise.reject(new Error('none here')) } as unknown as Analytics; // no question here asks metrics

/** Ficha as the runtime serves it: token, rights, limits, one statement, the access log, then the answer. */
const ficha: Listen = (reader, accessor) => {
  const verify = createTokenVerifier({ rolesClaim: 'roles' }, testKeyRing());
  const fetch = createGraphqlHandler({
    reader,
    accessor,
    analytics: noAnalytics,
    log: createLog({ level: 'silent' }),
    viewerOf: (request) => verify(bearerOf(request.headers.get('authorization'))),
    development: false,
  });
  return new Promise((resolve) => {
    serve({ fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => resolve(port));
  });
};

/** No GraphQL at all: the statement that Ficha compiled, its JSON sent as it comes. */
const plain: Listen = (reader) => {
  const statement = JSON.parse(process.env['BENCH_STATEMENT'] ?? '{}') as Prepared; // written by bench/graphql.ts
  return listening((request, response) => {
    request.resume().on('end', () => {
      void reader.query<{ readonly body: string }>(statement).then(({ rows }) => {
        response.writeHead(200, { 'content-type': 'application/json' }).end(`{"data":{"clients":${rows[0]?.body}}}`);
      });
    });
  });
};

const loadersOf = (sources: Batches) => ({
  contacts: new DataLoader((ids: readonly string[]) => sources.contacts(ids)),
  consent: new DataLoader((ids: readonly string[]) => sources.consent(ids)),
  sales: new DataLoader((ids: readonly string[]) => sources.sales(ids)),
});

/** The usual way: a resolver a field, dataloader against n+1. No token, no access log. */
const dataloader: Listen = (reader) => {
  const sources = batches(reader);
  type Context = ReturnType<typeof loadersOf>;
  const yoga = createYoga({
    logging: false,
    schema: createSchema<Context>({
      typeDefs,
      resolvers: {
        Query: { clients: () => sources.list(), client: (_root: unknown, { id }: { id: string }) => sources.one(id) },
        Client: {
          contacts: ({ id }: Row, _args: unknown, { contacts }: Context) => contacts.load(String(id)),
          consent: ({ id }: Row, _args: unknown, { consent }: Context) => consent.load(String(id)),
          sales: ({ id }: Row, _args: unknown, { sales }: Context) => sales.load(String(id)),
        },
      },
    }),
    context: () => loadersOf(sources),
  });
  return listening((request, response) => void yoga(request, response));
};

/** The fastest of the usual servers: mercurius with its loaders and compiled execution. No token, no access log. */
const mercuriusJit: Listen = async (reader) => {
  const sources = batches(reader);
  const load =
    (batch: (ids: readonly string[]) => Promise<readonly (readonly Row[])[]>) => (asked: readonly { readonly obj: Row }[]) =>
      batch(asked.map(({ obj }) => String(obj['id'])));
  const app = Fastify();
  await app.register(mercurius, {
    jit: 1,
    schema: typeDefs,
    resolvers: { Query: { clients: () => sources.list(), client: (_root: unknown, { id }: { id: string }) => sources.one(id) } },
    loaders: {
      Client: { contacts: load(sources.contacts), consent: load(sources.consent), sales: load(sources.sales) },
    } as never, // its types want mutable lists
  });
  const address = await app.listen({ port: 0, host: '127.0.0.1' });
  return Number(new URL(address).port);
};

const kinds: Readonly<Record<string, Listen>> = { ficha, plain, dataloader, mercurius: mercuriusJit };
const listen = kinds[process.argv[2] ?? ''];
if (listen === undefined) throw new TypeError(`one of ${Object.keys(kinds).join(', ')}`);
const reader = openDatabase(process.env['BENCH_READER'] ?? '', { max: 8 });
const accessor = openDatabase(process.env['BENCH_ACCESSOR'] ?? '', { max: 4 });
process.stdout.write(`${await listen(reader, accessor)}\n`);
