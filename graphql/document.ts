import {
  type DocumentNode,
  type FragmentDefinitionNode,
  getOperationAST,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  parse,
  specifiedRules,
  validate,
  type ValidationRule,
  visit,
} from 'graphql';
import { limits, weighShape } from './limits.ts';

/** A question that was read and found to fit the schema. */
export interface CheckedDocument {
  readonly node: DocumentNode;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  /** `@skip` and `@include` change what is asked from one time to the next. */
  readonly changes: boolean;
  readonly introspects: boolean;
  /** How often it was asked; what comes again is worth a plan. */
  asked: number;
  /** Compiled questions by what they depend on, kept with the document. */
  readonly compiled: Map<string, unknown>;
}

const kept = 500;

/** Reads documents and keeps the last ones asked: by their text, at most 500. */
export function createDocuments(schema: GraphQLSchema): (text: string) => CheckedDocument | readonly GraphQLError[] {
  const documents = new Map<string, CheckedDocument>();
  return (text) => {
    const known = documents.get(text);
    if (known) {
      documents.delete(text);
      documents.set(text, known); // the order of a Map is the order of use
      known.asked += 1;
      return known;
    }
    const checked = check(schema, text);
    if (!('node' in checked)) return checked;
    documents.set(text, checked);
    const [oldest] = documents.keys();
    if (documents.size > kept && oldest !== undefined) documents.delete(oldest);
    return checked;
  };
}

/**
 * First of all, whether the fields are there: the rule of the library looks for names that are nearly right among all of the schema, for
 * hints that are taken out again.
 */
const fieldsThatAre: readonly ValidationRule[] = [
  (context) => ({
    Field: (node) => {
      const type = context.getParentType();
      if (type && !context.getFieldDef())
        context.reportError(
          new GraphQLError(`Cannot query field "${node.name.value}" on type "${type.name}".`, { nodes: [node] }),
        );
    },
  }),
];

function check(schema: GraphQLSchema, text: string): CheckedDocument | readonly GraphQLError[] {
  try {
    const node = parse(text, { maxTokens: limits.tokens, noLocation: false });
    const document = described(node);
    for (const operation of node.definitions)
      if (operation.kind === Kind.OPERATION_DEFINITION) weighShape(operation, document.fragments);
    const errors = [fieldsThatAre, specifiedRules].reduce<readonly GraphQLError[]>(
      (found, rules) => (found.length > 0 ? found : validate(schema, node, rules, { maxErrors: 5 })),
      [],
    );
    return errors.length > 0 ? errors.map(withoutHints) : document;
  } catch (error) {
    if (error instanceof GraphQLError) return [error];
    throw error;
  }
}

/** Validation suggests names of the schema; who may not introspect learns none. */
const withoutHints = (error: GraphQLError): GraphQLError =>
  new GraphQLError(error.message.replace(/ Did you mean .*$/, ''), {
    ...(error.nodes ? { nodes: error.nodes } : {}),
    extensions: { code: 'bad-query' },
  });

function described(node: DocumentNode): CheckedDocument {
  const fragments: Record<string, FragmentDefinitionNode> = {};
  for (const definition of node.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  }
  let [changes, introspects] = [false, false];
  visit(node, {
    Directive: () => {
      changes = true;
    },
    Field: ({ name }) => {
      if (name.value === '__schema' || name.value === '__type') introspects = true;
    },
  });
  return { node, fragments, changes, introspects, asked: 1, compiled: new Map() };
}

/** The operation to run. @throws GraphQLError `bad-query` when it is not clear which one, or it is no query */
export function operationOf({ node }: CheckedDocument, name: string | undefined): OperationDefinitionNode {
  const operation = getOperationAST(node, name);
  if (operation?.operation === 'query') return operation;
  throw new GraphQLError('bad-query: name one query of the document in operationName; nothing but queries is answered', {
    extensions: { code: 'bad-query' },
  });
}
