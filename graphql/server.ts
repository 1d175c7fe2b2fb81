import { randomUUID } from 'node:crypto';
import { GraphQLError, type ValidationRule } from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import { FichaError } from '../domain/record/error.ts';
import { limits } from './builder.ts';
import type { GraphqlContext, Sources, Viewer } from './context.ts';
import { schema } from './schema.ts';

/** Settings of the read API. */
export interface GraphqlOptions extends Sources {
  /** Checks the bearer token; throws a FichaError that says what is wrong with it. */
  readonly viewerOf: (request: Request) => Promise<Viewer>;
  /** GraphiQL and introspection. */
  readonly development: boolean;
}

/** Refuses a document with too many tokens while it is read, before any work is done for it. */
const tokenLimit: Plugin = {
  onParse({ params }) {
    params.options = { ...params.options, maxTokens: limits.tokens };
  },
};

const noIntrospection: ValidationRule = (context) => ({
  Field({ name }) {
    if (name.value === '__schema' || name.value === '__type') {
      context.reportError(
        new GraphQLError('introspection-off: the schema is in graphql/schema.graphql', {
          extensions: { code: 'introspection-off' },
        }),
      );
    }
  },
});

const introspectionOff: Plugin = {
  onValidate({ addValidationRule }) {
    addValidationRule(noIntrospection);
  },
};

/** The read API as a web-standard handler on /graphql. Every answer but a checked token's is refused. */
export function createGraphqlHandler({
  viewerOf,
  development,
  ...sources
}: GraphqlOptions): (request: Request) => Promise<Response> {
  const yoga = createYoga<{ viewer: Viewer }, GraphqlContext>({
    schema,
    graphqlEndpoint: '/graphql',
    landingPage: false,
    graphiql: development ? { title: 'Ficha' } : false,
    batching: false,
    multipart: false,
    logging: false,
    context: ({ viewer }) => ({ ...sources, viewer }),
    plugins: development ? [tokenLimit] : [tokenLimit, introspectionOff],
    maskedErrors: { maskError: (error) => masked(error, sources.log) },
  });
  return async (request) => {
    if (development && request.method === 'GET' && (request.headers.get('accept') ?? '').includes('text/html')) {
      return await yoga.fetch(request, { viewer: { subject: 'nobody', roles: [] } });
    }
    try {
      const viewer = await viewerOf(request);
      return await yoga.fetch(request, { viewer });
    } catch (error) {
      if (!(error instanceof FichaError)) throw error;
      return Response.json(
        { errors: [{ message: error.message, extensions: { code: error.code } }] },
        { status: 401, headers: { 'www-authenticate': 'Bearer' } },
      );
    }
  };
}

/** Errors made for the caller pass; any other becomes an id that the log explains. */
function masked(error: unknown, log: Sources['log']): Error {
  const original = error instanceof GraphQLError ? (error.originalError ?? error) : error;
  if (original instanceof GraphQLError) return original === error ? original : (error as GraphQLError);
  const errorId = randomUUID();
  log.error({ errorId, err: original }, 'a read failed');
  return new GraphQLError(`internal: something failed here, not in your query; give this id to the data team: ${errorId}`, {
    extensions: { code: 'internal', errorId },
  });
}
