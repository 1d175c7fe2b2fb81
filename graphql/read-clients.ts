import type { GraphQLResolveInfo } from 'graphql';
import { searchWords } from '../domain/record/normalise/search-words.ts';
import { recordLook } from '../store/access-log.ts';
import { type Answer, readFicha } from '../store/read/ficha/read.ts';
import { idsByEmailPrefix, idsByIdentifier, idsByName } from '../store/read/search.ts';
import { type ClientQuestion, clientQuestion, searchVariables, searchWindow } from './client-statement.ts';
import type { GraphqlContext } from './context.ts';
import { identifiersIn } from './identifier.ts';
import type { Variables } from './look-ahead.ts';
import { badArgument } from './paging.ts';

const longestSearch = 200;

/** What an object of an answer is: values by the names that they were asked by. */
export type Told = Readonly<Record<string, unknown>>;

/**
 * Reads one compiled root field: one statement (a search box question asks who first), then the looks are logged, then it is told.
 * When a look cannot be logged this throws, and nothing is shown.
 * @param name under which PostgreSQL keeps the plan, for statements that come again
 * @returns JSON text, null when there is nobody to show
 */
export async function tellClients(
  context: GraphqlContext,
  question: ClientQuestion,
  variables: Variables,
  name?: string,
): Promise<string | null> {
  const more = question.way === 'search' ? await sought(context, question, variables) : {};
  const answer = await readFicha(context.reader, question.statement, { ...variables, ...more }, name);
  if (question.way === 'identifier' && answer.found > 1) {
    throw badArgument('by', `${answer.found} clients share this identifier; use clients(search:) to choose`);
  }
  await logLooks(context, answer);
  return answer.body;
}

async function logLooks({ accessor, viewer }: GraphqlContext, { looks }: Answer): Promise<void> {
  await recordLook(accessor, { actor: viewer.subject, role: viewer.roles.join('+'), clientIds: looks });
}

async function sought({ reader }: GraphqlContext, question: ClientQuestion, variables: Variables): Promise<Variables> {
  const args = question.args(variables);
  const { size, skipped } = searchWindow(args);
  const text = String(args['search']).replaceAll('\u0000', '').trim();
  if (text.length > longestSearch) throw badArgument('search', `must not be longer than ${longestSearch} characters`);
  const wanted = skipped + size + 1;
  const exact = await idsByIdentifier(reader, identifiersIn(text));
  const ids = exact.length > 0 ? exact : await idsByText(reader, text, wanted);
  return { [searchVariables.found]: ids.slice(skipped, wanted), [searchVariables.skipped]: skipped };
}

async function idsByText(reader: GraphqlContext['reader'], text: string, wanted: number): Promise<string[]> {
  if (text.includes('@')) return await idsByEmailPrefix(reader, text.toLowerCase(), wanted);
  return await idsByName(reader, searchWords(text), wanted);
}

/** Answers a root field through the executor: what was compiled for it, as objects. */
export async function clientsOf(context: GraphqlContext, info: GraphQLResolveInfo): Promise<Told | null> {
  const root = info.schema.getQueryType();
  if (!root) throw new TypeError('the schema has a query type');
  const document = { fragments: info.fragments, variables: info.variableValues };
  const question = clientQuestion({ root, document, viewer: context.viewer }, info.fieldNodes);
  if (question === undefined) throw new TypeError(`${info.fieldName} does not answer clients`);
  const body = await tellClients(context, question, info.variableValues);
  return body === null ? null : (JSON.parse(body) as Told);
}

/** Resolves a field of what was told: it lies under the name by which it was asked. */
export const told = (parent: Told, _args: object, _context: GraphqlContext, info: GraphQLResolveInfo): never =>
  // the statement answers the shape that the schema says; a test compares every field
  parent[info.path.key] as never;
