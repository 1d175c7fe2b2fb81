import type { ObjectRef } from '@pothos/core';
import { builder } from './builder.ts';

interface PageInfo {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly startCursor: string | null;
  readonly endCursor: string | null;
}

interface Edge<Row> {
  readonly node: Row;
  readonly cursor: string;
}

/** A page of a list, as the Relay connection specification says. */
export interface Connection<Row> {
  readonly edges: readonly Edge<Row>[];
  readonly pageInfo: PageInfo;
}

/** Declares `<name>Connection` and `<name>Edge` over an object type. @see https://relay.dev/graphql/connections.htm */
export function connectionType<Row>(name: string, node: ObjectRef<typeof builder.$inferSchemaTypes, Row>) {
  const edge = builder.objectRef<Edge<Row>>(`${name}Edge`).implement({
    description: 'One row of a list.',
    fields: (t) => ({
      node: t.field({ type: node, resolve: (parent) => parent.node as never }),
      cursor: t.exposeString('cursor', { description: 'Give it as `after` to go on from here' }),
    }),
  });
  return builder.objectRef<Connection<Row>>(`${name}Connection`).implement({
    description: 'A page of a list. @see https://relay.dev/graphql/connections.htm',
    fields: (t) => ({
      edges: t.field({ type: [edge], resolve: ({ edges }) => [...edges] }),
      pageInfo: t.field({ type: builder.pageInfoRef(), resolve: ({ pageInfo }) => pageInfo }),
    }),
  });
}
