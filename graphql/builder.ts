import SchemaBuilder from '@pothos/core';
import ComplexityPlugin from '@pothos/plugin-complexity';
import RelayPlugin from '@pothos/plugin-relay';
import ScopeAuthPlugin from '@pothos/plugin-scope-auth';
import { GraphQLError } from 'graphql';
import { mayRead, type Reading } from '../domain/access/role.ts';
import type { GraphqlContext } from './context.ts';

/** Limits of one query. A page of 50 clients with everything on it stays well inside. */
export const limits = { depth: 10, breadth: 200, complexity: 20_000, tokens: 2_000, pageSize: 100 } as const;

/** The schema builder: read only, every type behind a reading right, every query behind depth, breadth and cost. */
export const builder = new SchemaBuilder<{
  Context: GraphqlContext;
  AuthScopes: { may: Reading };
  DefaultFieldNullability: false;
  Scalars: { ID: { Input: string; Output: string } };
}>({
  plugins: [ScopeAuthPlugin, RelayPlugin, ComplexityPlugin],
  defaultFieldNullability: false,
  relay: {},
  scopeAuth: {
    authScopes: ({ viewer }) => ({ may: (reading) => mayRead(viewer.roles, reading) }),
    unauthorizedError: () =>
      new GraphQLError('not-allowed: your role may not read this; ask for the role that does (docs/architecture.md, "Roles")', {
        extensions: { code: 'not-allowed' },
      }),
  },
  complexity: {
    limit: { depth: limits.depth, breadth: limits.breadth, complexity: limits.complexity },
    defaultComplexity: 1,
    defaultListMultiplier: 10,
  },
});
