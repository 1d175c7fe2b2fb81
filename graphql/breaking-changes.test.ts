import { buildSchema } from 'graphql';
import { expect, test } from 'vitest';
import { breakingChanges } from './breaking-changes.ts';

const landed = 'type Query { client(id: ID!): Client } type Client { id: ID! name: String }';

test('a field that goes, a type that changes and an argument that becomes required are breaking; a new field is not', () => {
  const check = (text: string) => breakingChanges(landed, buildSchema(text), []);
  expect(check('type Query { client(id: ID!): Client } type Client { id: ID! name: String country: String }')).toEqual([]);
  expect(check('type Query { client(id: ID!): Client } type Client { id: ID! }')).toEqual([
    'FIELD_REMOVED: Client.name was removed.',
  ]);
  expect(check('type Query { client(id: ID!): Client } type Client { id: ID! name: Int }')).toHaveLength(1);
  expect(check('type Query { client(id: ID!, by: String!): Client } type Client { id: ID! name: String }')).toHaveLength(1);
});

test('a breaking change that is listed as meant passes', () => {
  const now = buildSchema('type Query { client(id: ID!): Client } type Client { id: ID! }');
  expect(breakingChanges(landed, now, ['FIELD_REMOVED: Client.name was removed.'])).toEqual([]);
});
