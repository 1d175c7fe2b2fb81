import { Writable } from 'node:stream';
import { serve } from '@hono/node-server';
import type { Analytics } from '../../analytics/clickhouse.ts';
import type { Role } from '../../domain/access/role.ts';
import type { GraphqlOptions } from '../../graphql/server.ts';
import { createGraphqlHandler } from '../../graphql/server.ts';
import { createLog } from '../../platform/log.ts';
import { bearerOf, createTokenIssuer, createTokenVerifier } from '../../platform/token.ts';
import type { Database } from '../../store/database.ts';
import { testKeyRing } from './keys.ts';
import { type TestDatabase, testDatabase } from './postgres.ts';

export interface Answered {
  readonly status: number;
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: Record<string, unknown> }[];
  /** The whole body as it came. */
  readonly text: string;
}

/** The read API over a real database, asked through real HTTP. */
export interface ReadScene {
  readonly database: TestDatabase;
  readonly url: string;
  /** Everything that was logged so far. */
  readonly logged: () => string;
  readonly token: (role: Role | readonly string[], validForSeconds?: number) => Promise<string>;
  /** Asks with a token of the role. */
  readonly ask: (role: Role | readonly string[], query: string, variables?: Record<string, unknown>) => Promise<Answered>;
  /** Sends any body with any headers. */
  readonly send: (body: string | undefined, headers?: Record<string, string>, method?: string) => Promise<Answered>;
  readonly stop: () => Promise<void>;
}

const noAnalytics: Analytics = {
  command: () => Promise.reject(new Error('this test reads no analytics')),
  query: () => Promise.reject(new Error('this test reads no analytics')),
  insert: () => Promise.reject(new Error('this test reads no analytics')),
  close: () => Promise.resolve(),
};

type Changes = Partial<Omit<GraphqlOptions, 'accessor' | 'reader'>> & {
  readonly accessorOf?: (database: TestDatabase) => Database;
  readonly readerOf?: (database: TestDatabase) => Database;
};

/** Serves GraphQL as the runtime does: the reader and accessor roles, tokens that Ficha issued, HTTP on a free port. */
export async function readScene({ accessorOf, readerOf, ...changes }: Changes = {}): Promise<ReadScene> {
  const database = await testDatabase();
  const lines: string[] = [];
  const sink = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(String(chunk));
      done();
    },
  });
  const keys = testKeyRing();
  const verify = createTokenVerifier({ rolesClaim: 'roles' }, keys);
  const graphql = createGraphqlHandler({
    reader: readerOf?.(database) ?? database.reader,
    accessor: accessorOf?.(database) ?? database.accessor,
    analytics: noAnalytics,
    log: createLog({ level: 'info' }, sink),
    viewerOf: (request) => verify(bearerOf(request.headers.get('authorization'))),
    development: false,
    ...changes,
  });
  const server = await new Promise<ReturnType<typeof serve>>((resolve) => {
    const made = serve({ fetch: graphql, hostname: '127.0.0.1', port: 0 }, () => resolve(made));
  });
  const issue = createTokenIssuer(keys);
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/graphql`;
  const token: ReadScene['token'] = (role, seconds = 600) =>
    // a name that is no role must be possible too: the check is to leave it out
    issue({ subject: `tester-${String(role)}`, roles: (typeof role === 'string' ? [role] : role) as Role[] }, seconds);
  const send: ReadScene['send'] = async (body, headers = {}, method = 'POST') => {
    const response = await fetch(url, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    const parsed = asObject(text);
    return { ...parsed, status: response.status, text };
  };
  return {
    database,
    url,
    token,
    send,
    logged: () => lines.join(''),
    ask: async (role, query, variables = {}) =>
      send(JSON.stringify({ query, variables }), { authorization: `Bearer ${await token(role)}` }),
    stop: async () => {
      if ('closeAllConnections' in server) server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
      await database.drop();
    },
  };
}

const asObject = (text: string): Omit<Answered, 'status' | 'text'> => {
  try {
    return JSON.parse(text) as Omit<Answered, 'status' | 'text'>;
  } catch {
    return {};
  }
};
