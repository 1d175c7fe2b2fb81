import {
  type FieldNode,
  type FragmentDefinitionNode,
  getNamedType,
  getNullableType,
  GraphQLError,
  type GraphQLObjectType,
  type GraphQLOutputType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import type { Variables } from './look-ahead.ts';

/** Limits of one question. A page of 50 clients with everything on it stays well inside. */
export const limits = {
  /** Bytes of a request. */
  bytes: 128 * 1024,
  tokens: 2_000,
  depth: 10,
  /** Fields, each as often as it is written, fragments opened. */
  fields: 500,
  /** Fields of the root, under whatever names. */
  roots: 10,
  /** Names that the question gives. */
  aliases: 50,
  /** Values that can come back: fields times the rows that they are asked of. */
  cost: 20_000,
  pageSize: 100,
} as const;

/** Rows that a list is counted as when the question says no number. */
const listSize = 10;

const tooMuch = (what: keyof typeof limits, say: string): GraphQLError =>
  new GraphQLError(`too-much: ${say}; ask for less at once (docs/how-to/read-clients.md, "Limits")`, {
    extensions: { code: 'too-much', limit: what, most: limits[what] },
  });

interface Weighing {
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  readonly variables: Variables;
  fields: number;
  aliases: number;
  cost: number;
}

/**
 * Refuses an operation that asks for too much, before anything is done for it. Counts what is written, so that fragments within
 * fragments cannot hide anything: it stops at the first limit passed.
 * @throws GraphQLError `too-much`, with the limit
 */
export function weigh(
  root: GraphQLObjectType,
  operation: OperationDefinitionNode,
  fragments: Weighing['fragments'],
  variables: Variables,
): void {
  const work: Weighing = { fragments, variables, fields: 0, aliases: 0, cost: 0 };
  const roots = weighSet(work, root, operation.selectionSet, 1, 1);
  if (roots > limits.roots) throw tooMuch('roots', `more than ${limits.roots} fields of the root`);
}

/**
 * The limits that need no schema, before a document is compared with it: comparing costs most for what is long, deep and wrong.
 * @throws GraphQLError `too-much`, with the limit
 */
export function weighShape(operation: OperationDefinitionNode, fragments: Weighing['fragments']): void {
  const work: Weighing = { fragments, variables: {}, fields: 0, aliases: 0, cost: 0 };
  weighSet(work, undefined, operation.selectionSet, 1, 0);
}

/** @returns how many fields stand directly in the set */
function weighSet(
  work: Weighing,
  type: GraphQLObjectType | undefined,
  set: SelectionSetNode,
  depth: number,
  rows: number,
): number {
  if (depth > limits.depth) throw tooMuch('depth', `deeper than ${limits.depth} levels`);
  let count = 0;
  for (const selection of set.selections) {
    if (selection.kind === Kind.FIELD) {
      count += 1;
      weighField(work, type, selection, depth, rows);
      continue;
    }
    const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? work.fragments[selection.name.value] : selection;
    // a spread costs as much as a field: circles and fragments within fragments end at the limit
    countField(work);
    if (fragment) count += weighSet(work, type, fragment.selectionSet, depth, rows);
  }
  return count;
}

function countField(work: Weighing): void {
  work.fields += 1;
  if (work.fields > limits.fields) throw tooMuch('fields', `more than ${limits.fields} fields`);
}

function weighField(work: Weighing, type: GraphQLObjectType | undefined, node: FieldNode, depth: number, rows: number): void {
  countField(work);
  if (node.alias) work.aliases += 1;
  if (work.aliases > limits.aliases) throw tooMuch('aliases', `more than ${limits.aliases} names of your own`);
  work.cost += rows;
  if (work.cost > limits.cost) throw tooMuch('cost', `more than ${limits.cost} values could come back`);
  const field = type?.getFields()[node.name.value];
  if (!node.selectionSet) return;
  const below = field && getNamedType(field.type);
  const times =
    field === undefined
      ? 1
      : timesOf(
          work,
          field.type,
          field.args.map(({ name }) => name),
          node,
        );
  weighSet(work, isObjectType(below) ? below : undefined, node.selectionSet, depth + 1, rows * times);
}

/** How many rows a field can answer for one row above: what `first` says, 20 when it could, else a guess for lists. */
function timesOf(work: Weighing, type: GraphQLOutputType, args: readonly string[], node: FieldNode): number {
  if (args.includes('first')) {
    const value = node.arguments?.find(({ name }) => name.value === 'first')?.value;
    const given =
      value?.kind === Kind.INT
        ? Number(value.value)
        : value?.kind === Kind.VARIABLE
          ? work.variables[value.name.value]
          : undefined;
    return typeof given === 'number' && given > 0 ? given : 20;
  }
  // the edges of a connection are counted where its size is said
  return isListType(getNullableType(type)) && node.name.value !== 'edges' ? listSize : 1;
}
