import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fc } from '@fast-check/vitest';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hiddenWords, people, seedPeople } from '../test/support/read-people.ts';
import { type ReadScene, readScene } from '../test/support/read-scene.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { readPersistedOperations } from './question.ts';
import { schema } from './schema.ts';

let scene: ReadScene;
beforeAll(async () => {
  scene = await readScene();
  await seedPeople(scene.database.worker);
});
afterAll(() => scene.stop());

const names = Object.values(schema.getTypeMap()).flatMap((type) => ('getFields' in type ? Object.keys(type.getFields()) : []));
const name = fc.oneof(
  fc.constantFrom(...names, '__typename', '__schema', '__type', 'password', 'golden'),
  fc.stringMatching(/^[_a-zA-Z][_a-zA-Z0-9]{0,70}$/),
);
const text = fc.oneof(
  fc.constantFrom(...Object.values(people), '%', "' or 1=1 --", '"', '\\u0000', '$1', '*', ':*', '../../etc/passwd'),
  fc.string({ unit: 'grapheme', maxLength: 30 }),
);
const literal = fc.oneof(
  text.map((value) => JSON.stringify(value)),
  fc.integer().map(String),
  fc.constantFrom('null', 'true', '[]', '{}', 'EMAIL', '1e999', '[[[[1]]]]', '$v'),
);
const args = fc.array(
  fc.tuple(fc.constantFrom('id', 'by', 'first', 'after', 'search', 'filter', 'before', 'kind', 'x'), literal),
  { maxLength: 3 },
);
const written = (given: readonly (readonly [string, string])[]) =>
  given.length === 0 ? '' : `(${given.map(([key, value]) => `${key}: ${value}`).join(', ')})`;
const directive = fc.constantFrom(
  '',
  ' @include(if: true)',
  ' @skip(if: $v)',
  ' @x',
  ' @defer',
  ' @stream',
  ' @include(if: true) @include(if: true)',
);

const { set } = fc.letrec<{ set: string; field: string }>((tie) => ({
  set: fc.array(tie('field'), { minLength: 1, maxLength: 4 }).map((all) => `{ ${all.join(' ')} }`),
  field: fc.oneof(
    { maxDepth: 8, depthSize: 'large' },
    fc.tuple(name, args, directive).map(([field, given, how]) => `${field}${written(given)}${how}`),
    fc.tuple(name, name, args, tie('set')).map(([alias, field, given, below]) => `${alias}: ${field}${written(given)} ${below}`),
    tie('set').map((below) => `... on Client ${below}`),
    fc.constantFrom('...A', '...B', '... on Query { clients { edges { node { name } } } }'),
  ),
}));

const around = (inside: string): fc.Arbitrary<string> =>
  fc.constantFrom(
    `query ($v: Boolean) ${inside} fragment A on Client { ...B } fragment B on Client { ...A }`,
    `{ client(id: "${people.ana}") ${inside} }`,
    `{ clients(first: 100) { edges { node ${inside} } } }`,
    `mutation ${inside}`,
    `subscription ${inside}`,
    `query A ${inside} query B ${inside}`,
    `{ ${Array.from({ length: 100 }, (_, n) => `a${n}: client(id: "${people.blocked}") ${inside}`).join(' ')} }`,
    `${'{ client '.repeat(500)}${inside}${'}'.repeat(500)}`,
  );
const hostile = fc.oneof(
  { weight: 8, arbitrary: set.chain(around) },
  { weight: 1, arbitrary: text },
  { weight: 1, arbitrary: set },
);

test('1,000 hostile questions: nothing hidden is shown, nothing inside is told, a neighbour is answered', async () => {
  const questions = fc.sample(hostile, { numRuns: 1000, seed: 20_260_301 });
  const roles = ['front-office', 'analyst', 'data-team'] as const;
  let answered = 0;
  for (const [turn, query] of questions.entries()) {
    const role = roles[turn % roles.length] ?? 'analyst';
    const answer = await scene.ask(role, query, { v: true });
    if (answer.data) answered += 1;
    for (const word of hiddenWords) expect(answer.text.includes(word) && !query.includes(word), query).toBe(false);
    if (role === 'analyst') expect(answer.text, query).not.toMatch(/Núñez|Quintana SL|Rossi|@quintana/);
    expect(answer.text, query).not.toMatch(/prefers the morning|text of late|SQLSTATE|select |node_modules|at file:/);
    for (const error of answer.errors ?? [])
      expect(error.extensions?.['code'], `${query}\n${error.message}`).not.toBe('internal');
  }
  expect(answered).toBeGreaterThan(0);
  expect(scene.logged()).toBe('');
  expect((await scene.ask('front-office', `{ client(id: "${people.ana}") { name } }`)).data).toEqual({
    client: { name: 'Ana Núñez Ortega' },
  });
}, 60_000);

test('a batch, a body that is too long or is no JSON, and a deep JSON are refused at once', async () => {
  const authorization = `Bearer ${await scene.token('dpo')}`;
  for (const body of [
    '',
    '[]',
    '[{"query":"{overview{people}}"}]',
    'null',
    '"x"',
    '{',
    `{"query":"${'x'.repeat(200_000)}"}`,
    '['.repeat(50_000),
    '{"query":1}',
  ]) {
    const answer = await scene.send(body, { authorization });
    expect(answer.status, body.slice(0, 40)).toBe(400);
    expect(answer.errors?.[0]?.extensions?.['code'], body.slice(0, 40)).toMatch(/^bad-/);
  }
});

test('a question in the address is not answered: addresses are logged on their way', async () => {
  const authorization = `Bearer ${await scene.token('dpo')}`;
  const response = await fetch(`${scene.url}?query=${encodeURIComponent('{ overview { people } }')}`, {
    headers: { authorization },
  });
  expect(response.status).toBe(400);
});

test('with persisted operations, those are answered by text or by hash, and no other is', async () => {
  const query = `{ client(id: "${people.ana}") { name } }`;
  const file = join(temporaryFolder(), 'operations.json');
  writeFileSync(file, JSON.stringify({ ana: query }));
  const only = await readScene({ persisted: readPersistedOperations(file) });
  try {
    await seedPeople(only.database.worker);
    const hash = createHash('sha256').update(query).digest('hex');
    const authorization = `Bearer ${await only.token('dpo')}`;
    const byHash = await only.send(JSON.stringify({ extensions: { persistedQuery: { version: 1, sha256Hash: hash } } }), {
      authorization,
    });
    expect(byHash.data).toEqual({ client: { name: 'Ana Núñez Ortega' } });
    expect((await only.ask('dpo', query)).data).toEqual({ client: { name: 'Ana Núñez Ortega' } });
    expect((await only.ask('dpo', `${query} `)).errors?.[0]?.extensions?.['code']).toBe('not-persisted');
  } finally {
    await only.stop();
  }
});

test.each([
  ['that is missing', undefined, 'cannot be read'],
  ['that is no JSON', '{', 'is not JSON'],
  ['of another shape', '{"a":1}', 'must hold a list'],
])('a file of persisted operations %s stops the start, and says why', (_what, content, why) => {
  const file = join(temporaryFolder(), 'operations.json');
  if (content !== undefined) writeFileSync(file, content);
  expect(() => readPersistedOperations(file)).toThrow(why);
});
