import { type FieldNode, getVariableValues, GraphQLError, type GraphQLSchema, Kind, type OperationDefinitionNode } from 'graphql';
import { mayRead } from '../domain/access/role.ts';
import { FichaError } from '../domain/record/error.ts';
import { nameOf } from '../store/read/ficha/read.ts';
import { type ClientQuestion, clientQuestion, sizeClass } from './client-statement.ts';
import type { GraphqlContext } from './context.ts';
import type { CheckedDocument } from './document.ts';
import type { Variables } from './look-ahead.ts';
import { tellClients } from './read-clients.ts';
import { createMetricTeller } from './tell-metric.ts';
import { NotInMemory } from './write-object.ts';

interface Compiled {
  readonly question: ClientQuestion;
  /** Under which PostgreSQL keeps its plan; undefined until it has come often enough. */
  name: string | undefined;
}

/** Fields of the root that can be answered so. A question with another one goes to the executor before anything is read, and any look logged. */
const direct: ReadonlySet<string> = new Set(['client', 'clients', 'metric']);

/** From the third time a statement is worth a plan that PostgreSQL keeps; a process names at most so many. */
const worthAPlan = 3;
const mostNames = 500;
const longestKept = 32;

/**
 * Answers a question that asks clients or metrics and nothing else, without an executor: of clients PostgreSQL writes the JSON, which goes
 * out as it is; figures are written as they are read. Anything else, and anything that goes wrong, is left to the executor, which answers errors as the specification says.
 */
export function createDirectAnswers(schema: GraphQLSchema) {
  const names = new Set<string>();
  const tellMetric = createMetricTeller(schema);
  const root = schema.getQueryType();
  const compiled = (
    document: CheckedDocument,
    node: FieldNode,
    context: GraphqlContext,
    variables: Variables,
  ): Compiled | undefined => {
    const { viewer } = context;
    const asking = { root: root ?? missingRoot(), document: { fragments: document.fragments, variables }, viewer };
    const key = keyOf(document, node, context, variables);
    const known = document.compiled.get(key) as Compiled | undefined; // only this function puts anything there
    if (known) return known;
    const question = clientQuestion(asking, [node]);
    if (question === undefined) return undefined;
    const made = { question, name: undefined };
    if (!document.changes && document.compiled.size < longestKept) document.compiled.set(key, made);
    return made;
  };
  const nameFor = (document: CheckedDocument, one: Compiled): string | undefined => {
    if (one.name === undefined && document.asked >= worthAPlan && !document.changes) {
      const name = nameOf(one.question.statement);
      if (names.has(name) || names.size < mostNames) {
        names.add(name);
        one.name = name;
      }
    }
    return one.name;
  };
  /** One root field as `"key":value`; undefined when it is for the executor. */
  const tell = async (
    document: CheckedDocument,
    node: FieldNode,
    context: GraphqlContext,
    variables: Variables,
  ): Promise<string | undefined> => {
    if (node.name.value === 'metric') return await tellMetric(document, node, context, variables);
    if (!mayRead(context.viewer.roles, 'clients')) return undefined;
    const one = compiled(document, node, context, variables);
    if (one === undefined) return undefined;
    const body = await tellClients(context, one.question, variables, nameFor(document, one));
    return `${JSON.stringify(one.question.key)}:${body ?? 'null'}`;
  };
  return async (
    document: CheckedDocument,
    operation: OperationDefinitionNode,
    given: Variables,
    context: GraphqlContext,
  ): Promise<string | undefined> => {
    const fields = plainFields(operation);
    if (fields === undefined || !fields.every(({ name }) => direct.has(name.value))) return undefined;
    try {
      const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], given);
      if (coerced === undefined) return undefined;
      const parts: string[] = [];
      for (const node of fields) {
        const part = await tell(document, node, context, coerced);
        if (part === undefined) return undefined;
        parts.push(part);
      }
      return `{"data":{${parts.join(',')}}}`;
    } catch (error) {
      if (error instanceof FichaError || error instanceof GraphQLError || error instanceof NotInMemory) return undefined;
      throw error;
    }
  };
}

function missingRoot(): never {
  throw new TypeError('the schema has a query type');
}

/** What a compiled statement depends on besides its text: rights, which arguments are there, and about how long lists are. */
function keyOf({ node }: CheckedDocument, field: FieldNode, { viewer }: GraphqlContext, variables: Variables): string {
  const place = field.loc?.start ?? node.definitions.length;
  return [place, viewer.roles.join('+'), (viewer.grants ?? []).join('+'), shapeOf(variables)].join(' ');
}

function shapeOf(value: unknown): string {
  if (value === undefined || value === null) return 'none';
  if (typeof value === 'number') return `to ${sizeClass(value)}`;
  if (typeof value === 'string') return value.trim() === '' ? 'blank' : value === 'newest-change' ? value : 'some';
  if (typeof value !== 'object' || Array.isArray(value)) return 'some';
  const parts = Object.entries(value).map(([name, part]) => `${name}:${shapeOf(part)}`);
  return `{${parts.sort().join(' ')}}`;
}

/** The root's fields where it has fields only, each under a name of its own. */
function plainFields({ selectionSet }: OperationDefinitionNode): readonly FieldNode[] | undefined {
  const fields = selectionSet.selections.flatMap((selection) =>
    selection.kind === Kind.FIELD && !selection.directives?.length ? [selection] : [],
  );
  const keys = new Set(fields.map(({ alias, name }) => alias?.value ?? name.value));
  return fields.length === selectionSet.selections.length && keys.size === fields.length ? fields : undefined;
}
