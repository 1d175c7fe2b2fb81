import { GraphQLError, Kind, type OperationDefinitionNode } from 'graphql';
import { createYoga } from 'graphql-yoga';
import { mayRead } from '../domain/access/role.ts';
import { FichaError } from '../domain/record/error.ts';
import { type TraceFacts, traced } from '../platform/traces.ts';
import { createDirectAnswers } from './answer-directly.ts';
import type { GraphqlContext, Sources, Viewer } from './context.ts';
import { createDocuments, operationOf } from './document.ts';
import { createHold } from './hold-refusals.ts';
import { weigh } from './limits.ts';
import { maskError } from './mask-error.ts';
import { type PersistedOperations, type Question, questionIn } from './question.ts';
import { schema } from './schema.ts';

/** Settings of the read API. */
export interface GraphqlOptions extends Sources {
  /** Checks the bearer token; throws a FichaError that says what is wrong with it. */
  readonly viewerOf: (request: Request) => Promise<Viewer>;
  /** GraphiQL, and introspection for everyone. */
  readonly development: boolean;
  /** Only these operations are answered; left out, any is. */
  readonly persisted?: PersistedOperations;
  /** All questions are Ficha's own, so that a trace may tell the names of operations. */
  readonly ownQuestions?: boolean;
}

const root = schema.getQueryType();

/** The read API as a web-standard handler on /graphql. Every answer but a checked token's is refused. */
export function createGraphqlHandler(options: GraphqlOptions): (request: Request) => Promise<Response> {
  const { viewerOf, development, persisted, ownQuestions, ...sources } = options;
  const namesAreKnown = ownQuestions === true || persisted !== undefined;
  const documentOf = createDocuments(schema);
  const answerDirectly = createDirectAnswers(schema);
  const yoga = executor(sources, development);
  const answer = async (request: Request, viewer: Viewer): Promise<Response> => {
    const question = await questionIn(request, persisted);
    const document = documentOf(question.query);
    if (!('node' in document)) throw new Refused(document);
    if (document.introspects && !development && !mayIntrospect(viewer)) throw introspectionOff();
    const operation = operationOf(document, question.operationName);
    if (root) weigh(root, operation, document.fragments, question.variables);
    return await traced({ name: 'graphql' }, operationFacts(operation, namesAreKnown), async () => {
      const direct = await answerDirectly(document, operation, question.variables, { ...sources, viewer });
      if (direct !== undefined) return json(direct, 200);
      const executed = await yoga.fetch(asked(request.url, question), { viewer });
      executed.headers.set('cache-control', 'no-store');
      return executed;
    });
  };
  const hold = createHold();
  /** What is refused is told a little later: see hold-refusals.ts. */
  const held = async (request: Request, viewer: Viewer): Promise<Response> => {
    const start = performance.now();
    try {
      return await answer(request, viewer);
    } catch (error) {
      if (!(error instanceof GraphQLError || error instanceof Refused)) throw error;
      await hold(viewer.subject, performance.now() - start);
      return refusal(error instanceof Refused ? error.reasons : [error], 400);
    }
  };
  return async (request) => {
    if (development && wantsPage(request))
      return await yoga.fetch(new Request(new URL(request.url).origin + '/graphql', { headers: { accept: 'text/html' } }), {
        viewer: nobody,
      });
    try {
      return await held(request, await viewerOf(request));
    } catch (error) {
      if (error instanceof FichaError) return tokenRefusal(error, sources.log);
      return refusal([maskError(error, sources.log)], 500);
    }
  };
}

/** What a trace tells of a question: fields of the schema. The name of an operation is the caller's own text, unless it is known. */
const operationFacts = ({ operation, name, selectionSet }: OperationDefinitionNode, namesAreKnown: boolean): TraceFacts => ({
  'graphql.operation.type': operation,
  ...(namesAreKnown ? { 'graphql.operation.name': name?.value } : {}),
  'graphql.fields': selectionSet.selections
    .flatMap((one) => (one.kind === Kind.FIELD ? [one.name.value] : []))
    .slice(0, 10)
    .join(' '),
});

/** A document that does not fit the schema, with what is wrong with it. */
class Refused extends Error {
  readonly reasons: readonly GraphQLError[];
  constructor(reasons: readonly GraphQLError[]) {
    super('refused');
    this.reasons = reasons;
  }
}

/** What runs everything that is not answered directly. */
function executor(sources: Sources, development: boolean) {
  return createYoga<{ viewer: Viewer }, GraphqlContext>({
    schema,
    graphqlEndpoint: '/graphql',
    landingPage: false,
    graphiql: development ? { title: 'Ficha' } : false,
    batching: false,
    multipart: false,
    logging: false,
    context: ({ viewer }) => ({ ...sources, viewer }),
    maskedErrors: { maskError: (error) => maskError(error, sources.log) },
  });
}

const nobody: Viewer = { subject: 'nobody', roles: [] };

const wantsPage = ({ method, headers }: Request): boolean =>
  method === 'GET' && (headers.get('accept') ?? '').includes('text/html');

/** Whoever links systems or answers for them may read the schema in production too; it is in the repository anyway. */
const mayIntrospect = ({ roles }: Viewer): boolean => mayRead(roles, 'linked-systems');

const introspectionOff = (): GraphQLError =>
  new GraphQLError('introspection-off: your role may not introspect here; the schema is in docs/reference/graphql.md', {
    extensions: { code: 'introspection-off' },
  });

/** The question alone goes on: no header of the caller reaches the executor. */
const asked = (url: string, { query, operationName, variables }: Question): Request =>
  new Request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ query, operationName, variables }),
  });

const json = (body: string, status: number, headers: Readonly<Record<string, string>> = {}): Response =>
  // answers are about people: no cache keeps one
  new Response(body, {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', ...headers },
  });

const refusal = (errors: readonly Error[], status: number): Response => json(JSON.stringify({ errors }), status);

function tokenRefusal(error: FichaError, log: Sources['log']): Response {
  const body = JSON.stringify({ errors: [{ message: error.message, extensions: { code: error.code } }] });
  if (error.code.startsWith('token-')) return json(body, 401, { 'www-authenticate': 'Bearer' });
  if (error.code === 'issuer-unreachable') return json(body, 503, { 'retry-after': '5' });
  return refusal([maskError(error, log)], 500);
}
