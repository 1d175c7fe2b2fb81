import { afterAll, beforeAll, expect, test } from 'vitest';
import { people, seedPeople } from '../test/support/read-people.ts';
import { type ReadScene, readScene } from '../test/support/read-scene.ts';

let scene: ReadScene;
beforeAll(async () => {
  scene = await readScene();
  await seedPeople(scene.database.worker);
});
afterAll(() => scene.stop());

const deep = (levels: number): string =>
  `{ client(id: "${people.quintana}") { ${'contacts(first: 1) { company { '.repeat(levels)} name ${'} } '.repeat(levels)} } }`;
const list = (first: number | string) => `{ clients(first: ${first}) { edges { node { name } } } }`;

test.each<[string, string]>([
  ['deeper than 10', deep(6)],
  [
    'more costly than the limit',
    '{ clients(first: 100) { edges { node { contacts(first: 100) { timeline(first: 100) { subject } } } } } }',
  ],
  ['with too many fields beside each other', `{ ${Array.from({ length: 250 }, (_, n) => `a${n}: __typename`).join(' ')} }`],
  ['with more tokens than the limit', `{ client(id: "${people.ana}") { ${'name '.repeat(3000)} } }`],
  [
    'with one client under too many names',
    `{ ${Array.from({ length: 60 }, (_, n) => `c${n}: client(id: "${people.ana}") { name }`).join(' ')} }`,
  ],
  [
    'with fragments in a circle',
    `{ client(id: "${people.ana}") { ...A } } fragment A on Client { ...B } fragment B on Client { ...A }`,
  ],
  ['with a page of 0', list(0)],
  ['with a page of 101', list(101)],
  ['with a page of -1', list(-1)],
  ['with a page of 2^31', list(2 ** 31)],
])('a query %s is refused, and says how', async (_what, query) => {
  const answer = await scene.ask('dpo', query);
  expect(answer.errors?.length).toBeGreaterThan(0);
  expect(answer.text).not.toContain('Ana');
  expect(answer.text).not.toContain('Talleres');
  expect(answer.errors?.[0]?.extensions?.['code']).not.toBe('internal');
});

test('a page size by a variable is checked like one in the text', async () => {
  const answer = await scene.ask('dpo', 'query ($n: Int) { clients(first: $n) { edges { node { name } } } }', { n: 101 });
  expect(answer.errors?.[0]?.extensions?.['code']).toBe('bad-argument');
});

test('a page of 50 clients with what hangs from them stays inside the limits', async () => {
  const answer = await scene.ask(
    'dpo',
    `{ clients(first: 50) { edges { node { name emails contacts(first: 3) { name emails } consent { purpose channel answer at }
       sales(first: 10) { number at amount currency } } } } }`,
  );
  expect(answer.errors).toBeUndefined();
});

test('a search text of 201 characters is refused; marks of patterns in it are letters', async () => {
  const ask = (s: string) =>
    scene.ask('front-office', 'query ($s: String) { clients(search: $s) { edges { node { name } } } }', { s });
  expect((await ask('x'.repeat(201))).errors?.[0]?.extensions?.['code']).toBe('bad-argument');
  for (const text of ['%', '_', '\\', "'; drop table client; --", '\u0000', '(((', 'a & b | c', ':*']) {
    const answer = await ask(text);
    expect(answer.errors ?? [], text).toEqual([]);
    expect(answer.data, text).toEqual({ clients: { edges: [] } });
  }
});

test('in production those introspect who link systems or answer for them, and nobody else; in development everyone', async () => {
  const query = '{ __schema { types { name } } }';
  for (const role of ['data-team', 'dpo']) expect((await scene.ask([role], query)).text, role).toContain('"Client"');
  for (const role of ['front-office', 'analyst', 'no-role']) {
    for (const one of [query, '{ __type(name: "Client") { name } }', '{ ...on Query { x: __schema { types { name } } } }']) {
      const answer = await scene.ask([role], one);
      expect(answer.errors?.[0]?.extensions?.['code'], role).toBe('introspection-off');
      expect(answer.data ?? null, role).toBeNull();
    }
  }
  const development = await readScene({ development: true });
  try {
    expect((await development.ask('front-office', query)).text).toContain('Client');
  } finally {
    await development.stop();
  }
});
