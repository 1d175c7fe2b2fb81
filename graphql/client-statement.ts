import { type FieldNode, type GraphQLField, type GraphQLObjectType, getArgumentValues, getNamedType } from 'graphql';
import { mayReadCategory } from '../domain/access/category.ts';
import { clientShape, connectionShape } from '../store/read/ficha/client.ts';
import { compile, type Statement } from '../store/read/ficha/compile.ts';
import { pageById, pageByIdentifier, pageInOrder, pageOfIds, type PageOrder } from '../store/read/ficha/pages.ts';
import type { Args, Bound } from '../store/read/ficha/shape.ts';
import type { Viewer } from './context.ts';
import { identifierOf } from './identifier.ts';
import { limits } from './limits.ts';
import { type Document, lookAhead, rootArgs, type Variables } from './look-ahead.ts';
import { badArgument, instant, pageSize, positionOf, uuid } from './paging.ts';

/** Names under which a statement finds what the search found. No variable of a document has a space in its name. */
export const searchVariables = { found: 'search found', skipped: 'search skipped' } as const;

/** One root field that answers clients, ready to be read: by its key in the answer. */
export interface ClientQuestion {
  readonly key: string;
  readonly field: 'client' | 'clients';
  /** How the rows are found; another way is another statement. */
  readonly way: 'id' | 'identifier' | PageOrder | 'search';
  readonly statement: Statement;
  readonly args: (variables: Variables) => Readonly<Record<string, unknown>>;
}

/** What stands above a root field: the type and the document it is asked in. */
export interface Asking {
  readonly root: GraphQLObjectType;
  readonly document: Document;
  readonly viewer: Viewer;
}

const isClientField = (name: string): name is 'client' | 'clients' => name === 'client' || name === 'clients';

/**
 * Compiles one root field, `client` or `clients`, into one statement, rights applied.
 * @returns undefined when the field is another one
 * @throws FichaError `not-allowed`; GraphQLError for arguments that are wrong
 */
export function clientQuestion({ root, document, viewer }: Asking, nodes: readonly FieldNode[]): ClientQuestion | undefined {
  const [node] = nodes;
  const field = node && root.getFields()[node.name.value];
  if (!field || !isClientField(field.name)) return undefined;
  const args = (variables: Variables) => getArgumentValues(field, node, variables);
  const way = field.name === 'client' ? wayToOne(args(document.variables)) : wayToMany(args(document.variables));
  const named = argsOf(field, node);
  const shape = field.name === 'client' ? clientShape : connectionShape;
  const asked = lookAhead(document, objectType(field), nodes, named);
  const allows = (category: Parameters<typeof mayReadCategory>[1]) => mayReadCategory(viewer, category);
  const statement = compile(shape, asked, pageOf(way, args, named, document.variables), allows, field.name === 'clients');
  return { key: node.alias?.value ?? field.name, field: field.name, way, statement, args };
}

/** A client's type from a field that answers it. */
const objectType = (field: GraphQLField<unknown, unknown>): GraphQLObjectType => getNamedType(field.type) as GraphQLObjectType; // both fields answer object types: graphql/types

const given = (value: unknown): boolean => value !== undefined && value !== null && value !== '';

function wayToOne({ id, by }: Readonly<Record<string, unknown>>): 'id' | 'identifier' {
  if (given(id)) return 'id';
  if (given(by)) return 'identifier';
  throw badArgument('id', 'give an id, or an identifier in `by`');
}

function wayToMany({ search, orderBy }: Readonly<Record<string, unknown>>): 'search' | PageOrder {
  if (typeof search === 'string' && search.trim() !== '') return 'search';
  return orderBy === 'newest-change' ? 'newest-change' : 'name';
}

const argsOf = (field: GraphQLField<unknown, unknown>, node: FieldNode): Args =>
  rootArgs(field, node, {
    hasPrevious: (variables) => given(getArgumentValues(field, node, variables)['after']),
  });

function pageOf(
  way: ClientQuestion['way'],
  args: ClientQuestion['args'],
  named: Args,
  variables: Variables,
): Parameters<typeof compile>[2] {
  const arg =
    (name: string): Bound =>
    (variables) =>
      args(variables)[name] ?? null;
  switch (way) {
    case 'id':
      return pageById((variables) => {
        const id = String(args(variables)['id']);
        return uuid.test(id) ? id : null;
      });
    case 'identifier':
      return pageByIdentifier(
        (variables) => identifierOf(args(variables)['by']).kind,
        (variables) => identifierOf(args(variables)['by']).value,
      );
    case 'search':
      return pageOfIds(
        (variables) => variables[searchVariables.found],
        (variables) => variables[searchVariables.skipped],
      );
    case 'name':
    case 'newest-change':
      return inOrder(way, arg, named, variables);
  }
}

function inOrder(way: PageOrder, arg: (name: string) => Bound, named: Args, variables: Variables): Parameters<typeof compile>[2] {
  const filter = Object.entries(filterOf(arg('filter')(variables))).flatMap(([name, value]): [string, Bound][] =>
    value !== undefined && value !== null ? [[name, (later) => filterOf(arg('filter')(later))[name]]] : [],
  );
  const after =
    (part: 'key' | 'id'): Bound =>
    (variables) => {
      const position = positionOf(arg('after')(variables) as string | null, ['key', 'id']);
      if (position && (!uuid.test(position['id'] ?? '') || (way !== 'name' && Number.isNaN(Date.parse(position['key'] ?? '')))))
        throw badArgument('after', 'is not a cursor of this list; leave it out to start at the beginning');
      if (position) return position[part];
      return part === 'id'
        ? way === 'name'
          ? '00000000-0000-0000-0000-000000000000'
          : 'ffffffff-ffff-ffff-ffff-ffffffffffff'
        : way === 'name'
          ? ''
          : 'infinity';
    };
  return pageInOrder(
    way,
    Object.fromEntries(filter),
    { key: after('key'), id: after('id') },
    named('first'),
    sizeClass(Number(named('first')(variables))),
  );
}

/** The next of a few sizes: each is a statement of its own. */
export const sizeClass = (size: number): number => [20, 50].find((most) => size <= most) ?? limits.pageSize;

function filterOf(value: unknown): Readonly<Record<string, unknown>> {
  const filter = (value ?? {}) as Readonly<Record<string, unknown>>; // the schema has checked its shape
  const { companyId, changedSince } = filter;
  if (typeof companyId === 'string' && !uuid.test(companyId)) throw badArgument('filter.companyId', 'is not an id of a client');
  return { ...filter, changedSince: instant('filter.changedSince', changedSince as string | null | undefined) };
}

/** How many rows a search is asked for, and how many come before. */
export function searchWindow(args: Readonly<Record<string, unknown>>): { readonly size: number; readonly skipped: number } {
  const skipped = Number(positionOf(args['after'] as string | null | undefined, ['skip'])?.['skip'] ?? 0);
  if (!Number.isSafeInteger(skipped) || skipped < 0 || skipped > 1000)
    throw badArgument('after', 'a search shows the first 1000; say more in `search`');
  return { size: pageSize(args['first'] as number | null | undefined), skipped };
}
