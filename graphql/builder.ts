import SchemaBuilder from '@pothos/core';
import ComplexityPlugin from '@pothos/plugin-complexity';
import RelayPlugin from '@pothos/plugin-relay';
import ScopeAuthPlugin from '@pothos/plugin-scope-auth';
import { GraphQLError } from 'graphql';
import { mayRead, type Reading } from '../domain/access/role.ts';
import type { GraphqlContext } from './context.ts';
import { limits } from './limits.ts';

/** The schema builder: read only, every type behind a reading right, every query behind depth, breadth and cost. */
export const builder = new SchemaBuilder<{
  Context: GraphqlContext;
  AuthScopes: { may: Reading };
  DefaultFieldNullability: false;
  Scalars: { ID: { Input: string; Output: string } };
}>({
  plugins: [ScopeAuthPlugin, RelayPlugin, ComplexityPlugin],
  defaultFieldNullability: false,
  relay: { pageInfoTypeOptions: { description: 'Where a page stands in its list.' } },
  scopeAuth: {
    authScopes: ({ viewer }) => ({ may: (reading) => mayRead(viewer.roles, reading) }),
    unauthorizedError: () =>
      new GraphQLError('not-allowed: your role may not read this; ask for the role that does (docs/architecture.md, "Roles")', {
        extensions: { code: 'not-allowed' },
      }),
  },
  complexity: {
    limit: { depth: limits.depth, breadth: limits.fields, complexity: limits.cost },
    defaultComplexity: 1,
    defaultListMultiplier: 10,
  },
});
