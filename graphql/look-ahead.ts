import {
  type FieldNode,
  type FragmentDefinitionNode,
  getArgumentValues,
  getDirectiveValues,
  getNamedType,
  GraphQLIncludeDirective,
  type GraphQLField,
  type GraphQLObjectType,
  GraphQLSkipDirective,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import type { Asked } from '../store/read/ficha/compile.ts';
import type { Args } from '../store/read/ficha/shape.ts';
import { badArgument, instant, pageSize } from './paging.ts';

export type Variables = Readonly<Record<string, unknown>>;

/** A document as far as looking ahead needs it. */
export interface Document {
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  /** For `@skip` and `@include`, which change what is asked. */
  readonly variables: Variables;
}

/** How arguments of these names are checked, whatever field they belong to. */
const readers: Readonly<Record<string, (value: unknown) => unknown>> = {
  first: (value) => pageSize(value as number | null | undefined),
  before: (value) => instant('before', value as string | null | undefined) ?? 'infinity',
};

/** Arguments of one field, read and checked when the question is asked; a field that takes none sees those above it. */
function argsOf(field: GraphQLField<unknown, unknown>, node: FieldNode, above: Args): Args {
  if (field.args.length === 0) return above;
  return (name) => (variables) => {
    if (!field.args.some((arg) => arg.name === name)) return above(name)(variables);
    const value = getArgumentValues(field, node, variables)[name];
    const read = readers[name];
    return read === undefined ? (value ?? null) : read(value);
  };
}

/** Everything that is asked below a field, fragments opened, the same name asked twice put together. */
export function lookAhead(document: Document, type: GraphQLObjectType, nodes: readonly FieldNode[], above: Args): Asked[] {
  const byKey = new Map<string, FieldNode[]>();
  for (const { selectionSet } of nodes) if (selectionSet) collect(document, type, selectionSet, byKey);
  return [...byKey].flatMap(([key, same]) => {
    const [node] = same;
    return node === undefined ? [] : [asked(document, type, key, node, same, above)];
  });
}

function asked(
  document: Document,
  type: GraphQLObjectType,
  key: string,
  node: FieldNode,
  same: readonly FieldNode[],
  above: Args,
): Asked {
  const field = type.getFields()[node.name.value];
  if (field === undefined) return { key, field: node.name.value, args: above, below: [] };
  const below = getNamedType(field.type);
  const args = argsOf(field, node, above);
  return { key, field: node.name.value, args, below: isObjectType(below) ? lookAhead(document, below, same, args) : [] };
}

function collect(document: Document, type: GraphQLObjectType, set: SelectionSetNode, byKey: Map<string, FieldNode[]>): void {
  for (const selection of set.selections) {
    if (getDirectiveValues(GraphQLSkipDirective, selection, document.variables)?.['if'] === true) continue;
    if (getDirectiveValues(GraphQLIncludeDirective, selection, document.variables)?.['if'] === false) continue;
    if (selection.kind === Kind.FIELD) {
      const key = selection.alias?.value ?? selection.name.value;
      byKey.set(key, [...(byKey.get(key) ?? []), selection]);
      continue;
    }
    const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? document.fragments[selection.name.value] : selection;
    // every type here is an object type: a fragment on another type asks nothing of this one
    const on = fragment?.typeCondition?.name.value;
    if (fragment && (on === undefined || on === type.name)) collect(document, type, fragment.selectionSet, byKey);
  }
}

/** Arguments of a root field: `first`, `after` and the like by their readers, and what the root adds. */
export function rootArgs(
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
  more: Readonly<Record<string, (variables: Variables) => unknown>>,
): Args {
  const own = argsOf(field, node, (name) => () => {
    throw badArgument(name, 'is not an argument here');
  });
  return (name) => more[name] ?? own(name);
}
