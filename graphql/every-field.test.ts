import { getNamedType, type GraphQLField, type GraphQLObjectType, isObjectType } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Role, roles } from '../domain/access/role.ts';
import { people, seedPeople } from '../test/support/read-people.ts';
import { type ReadScene, readScene } from '../test/support/read-scene.ts';
import { schema } from './schema.ts';

let scene: ReadScene;
beforeAll(async () => {
  scene = await readScene();
  await seedPeople(scene.database.worker);
});
afterAll(() => scene.stop());

const dpo: readonly Role[] = ['dpo'];
const back: readonly Role[] = ['data-team', 'dpo'];
const front: readonly Role[] = ['data-team', 'dpo', 'front-office'];
const all: readonly Role[] = roles;

/** Who may read which field of the root. Another line here is a decision about people. */
const rights: Readonly<Record<string, readonly Role[]>> = {
  client: front,
  clients: front,
  clientHistory: back,
  why: back,
  review: back,
  reviews: back,
  reviewCount: back,
  reviewTasks: back,
  linkedSystems: back,
  syncRuns: back,
  rejectedRecords: back,
  dataQuality: back,
  flagCounts: back,
  overview: back,
  privacyRequest: dpo,
  privacyRequests: dpo,
  auditEntries: dpo,
  looks: dpo,
  dataMap: dpo,
  processing: dpo,
  processingRecord: dpo,
  metric: all,
  metrics: all,
  metricBudgets: dpo,
  metricBudgetDefault: dpo,
};

const given: Readonly<Record<string, string>> = {
  client: `(id: "${people.ana}")`,
  clientHistory: `(id: "${people.ana}")`,
  review: `(id: "${people.ana}")`,
  privacyRequest: `(id: "${people.ana}")`,
  looks: `(clientId: "${people.ana}")`,
  why: '(one: "erp:e-01", other: "erp:e-03")',
  metric: '(name: CLIENTS, from: "2026-01", to: "2026-02")',
};

const root = Object.values(schema.getQueryType()?.getFields() ?? {});
const isPlain = (field: GraphQLField<unknown, unknown>): boolean => !isObjectType(getNamedType(field.type));

/** Every field of every type that a field of the root leads to, each by the shortest way; a client's own fields have their test beside. */
function waysFrom(start: GraphQLField<unknown, unknown>): readonly (readonly string[])[] {
  if (isPlain(start)) return [[]];
  const seen = new Set<string>(['Client']);
  const ways: (readonly string[])[] = [];
  const open: { readonly type: GraphQLObjectType; readonly way: readonly string[] }[] = [
    { type: getNamedType(start.type) as GraphQLObjectType, way: [] }, // it is no plain value
  ];
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    if (seen.has(next.type.name)) continue;
    seen.add(next.type.name);
    for (const field of Object.values(next.type.getFields())) {
      ways.push([...next.way, field.name]);
      const below = getNamedType(field.type);
      if (isObjectType(below)) open.push({ type: below, way: [...next.way, field.name] });
    }
  }
  return ways;
}

const questionFor = (start: GraphQLField<unknown, unknown>, way: readonly string[]): string => {
  let type = getNamedType(start.type);
  for (const step of way) if (isObjectType(type)) type = getNamedType(type.getFields()[step]?.type ?? type);
  const leaf = isObjectType(type) ? '{ __typename }' : '';
  return `{ ${start.name}${given[start.name] ?? ''} ${way.map((step) => `{ ${step}`).join(' ')} ${leaf} ${'}'.repeat(way.length)} }`;
};

test('for every field of the root it is said who may read it', () => {
  expect(Object.keys(rights).sort()).toEqual(root.map(({ name }) => name).sort());
});

test.each(roles)(
  '%s: every field of every type is read by the roles of its root and refused to all others',
  async (role) => {
    let asked = 0;
    for (const start of root) {
      const isOpen = rights[start.name]?.includes(role) === true;
      for (const way of waysFrom(start)) {
        const answer = await scene.ask(role, questionFor(start, way));
        const what = `${role} ${[start.name, ...way].join('.')}`;
        asked += 1;
        if (!isOpen) {
          expect(answer.errors?.[0]?.extensions?.['code'], what).toBe('not-allowed');
          expect(answer.data?.[start.name] ?? null, what).toBeNull();
        } else expect(answer.errors?.map(({ extensions }) => extensions?.['code']) ?? [], what).not.toContain('internal');
        if (isOpen && start.name !== 'why') expect(answer.errors, what).toBeUndefined();
      }
    }
    expect(asked).toBeGreaterThan(200);
  },
  120_000,
);
