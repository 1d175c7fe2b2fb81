import { GraphQLError } from 'graphql';
import { limits } from './limits.ts';

export const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A wrong argument, said so that the caller can mend it. */
export function badArgument(name: string, say: string): GraphQLError {
  return new GraphQLError(`bad-argument: ${name}: ${say}`, { extensions: { code: 'bad-argument' } });
}

/** Checks a page size: 1 to the limit, 20 when left out. */
export function pageSize(first: number | null | undefined): number {
  const size = first ?? 20;
  if (!Number.isInteger(size) || size < 1 || size > limits.pageSize) {
    throw badArgument('first', `must be between 1 and ${limits.pageSize}`);
  }
  return size;
}

/** Makes an opaque cursor out of plain values. */
export function cursorOf(position: Readonly<Record<string, string | number>>): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** Reads a cursor back; one that Ficha did not make is refused. */
export function positionOf(cursor: string | null | undefined, fields: readonly string[]): Record<string, string> | undefined {
  if (!cursor) return undefined;
  try {
    const position: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (typeof position !== 'object' || position === null) throw new TypeError('not an object');
    const entries = Object.entries(position);
    if (fields.every((field) => entries.some(([name]) => name === field))) {
      return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
    }
  } catch {
    // an unreadable cursor is the caller's mistake, answered below like any other wrong one
  }
  throw badArgument('after', 'is not a cursor of this list; leave it out to start at the beginning');
}

/** A page and whether more follows, from `size + 1` rows read. */
export function connectionOf<Row>(rows: readonly Row[], size: number, cursor: (row: Row) => string, hasPreviousPage: boolean) {
  const page = rows.slice(0, size);
  const edges = page.map((node) => ({ node, cursor: cursor(node) }));
  return {
    edges,
    pageInfo: {
      hasNextPage: rows.length > size,
      hasPreviousPage,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

/** Reads a time; undefined when it is left out. */
export function instant(name: string, value: string | null | undefined): string | undefined {
  if (!value) return undefined;
  if (Number.isNaN(Date.parse(value))) throw badArgument(name, 'must be an ISO 8601 time, for example 2026-01-31T00:00:00Z');
  return new Date(value).toISOString();
}
