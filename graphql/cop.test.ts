import { afterAll, beforeAll, expect, test } from 'vitest';
import { people, seedPeople } from '../test/support/read-people.ts';
import { type Answered, type ReadScene, readScene } from '../test/support/read-scene.ts';

let scene: ReadScene;
beforeAll(async () => {
  scene = await readScene();
  await seedPeople(scene.database.worker);
});
afterAll(() => scene.stop());

const again = (text: string, times: number): string => Array.from({ length: times }, () => text).join(' ');
const deepSchema = `{ __schema { types { fields { type { fields { type { fields { type { name } } } } } } } } }`;
const post = async (query: string, headers: Record<string, string> = {}): Promise<Answered> =>
  scene.send(JSON.stringify({ query }), { authorization: `Bearer ${await scene.token('front-office')}`, ...headers });
const get = async (query: string, headers: Record<string, string> = {}): Promise<Answered> => {
  const response = await fetch(`${scene.url}?query=${encodeURIComponent(query)}`, {
    headers: { authorization: `Bearer ${await scene.token('front-office')}`, ...headers },
  });
  const text = await response.text();
  return { status: response.status, text, ...(text.startsWith('{') ? (JSON.parse(text) as object) : {}) };
};

/** The checks of graphql-cop, by its names. @see https://github.com/dolevf/graphql-cop */
const checks: readonly (readonly [string, () => Promise<Answered>])[] = [
  ['Alias Overloading', () => post(`{ ${Array.from({ length: 101 }, (_, n) => `alias${n}: __typename`).join(' ')} }`)],
  [
    'Array-based Query Batching',
    async () =>
      scene.send(JSON.stringify(Array.from({ length: 10 }, () => ({ query: '{ __typename }' }))), {
        authorization: `Bearer ${await scene.token('front-office')}`,
      }),
  ],
  ['Directive Overloading', () => post(`{ __typename ${'@aa'.repeat(50)} }`)],
  ['Directive Overloading with a known one', () => post(`{ __typename ${again('@include(if: true)', 50)} }`)],
  ['Circular Query via Introspection', () => post(deepSchema)],
  ['Introspection Query', () => post('{ __schema { directives { name args { name } } } }')],
  ['Field Duplication', () => post(`{ client(id: "${people.ana}") { ${again('name', 501)} } }`)],
  ['GET Method Query Support', () => get('{ __typename }')],
  ['Mutation is allowed over GET', () => get('mutation { __typename }')],
  [
    'POST based url-encoded query (possible CSRF)',
    () => scene.send(`query=${encodeURIComponent('{ __typename }')}`, { 'content-type': 'application/x-www-form-urlencoded' }),
  ],
  ['GraphQL IDE', () => get('', { accept: 'text/html' })],
];

test.each(checks)('graphql-cop: %s is refused, and nothing is answered', async (_name, ask) => {
  const answer = await ask();
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.status).toBeLessThan(500);
  expect(answer.data ?? null).toBeNull();
  expect(answer.text).not.toMatch(/Ana|graphiql/i);
});

test('graphql-cop: Field Suggestions: a name that is nearly right is not mended', async () => {
  const answer = await post(`{ client(id: "${people.ana}") { nam emailss } clientss { edges { cursor } } }`);
  expect(answer.errors?.length).toBeGreaterThan(0);
  expect(answer.text).not.toMatch(/did you mean/i);
});

test('graphql-cop: Trace Mode and Unhandled Errors: no tracing, no stack, no place in the code', async () => {
  const traced = await post('{ __typename }', { 'x-apollo-tracing': '1', 'apollo-query-plan-experimental': '1' });
  expect(Object.keys(JSON.parse(traced.text) as object)).toEqual(['data']);
  for (const query of ['qwerty cop { abc }', '{', '{ client(id: 1, id: 2) { name } }', 'fragment A on B { c }']) {
    expect((await post(query)).text).not.toMatch(/stacktrace|exception|node_modules|at \w+ \(|\.ts:/i);
  }
});
