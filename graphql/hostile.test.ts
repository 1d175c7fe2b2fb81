import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, validate } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hostileQuestions } from '../test/support/hostile-questions.ts';
import { hiddenWords, people, seedPeople } from '../test/support/read-people.ts';
import { type ReadScene, readScene } from '../test/support/read-scene.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { operationsAnswered, readPersistedOperations } from './question.ts';
import { schema } from './schema.ts';

let scene: ReadScene;
beforeAll(async () => {
  scene = await readScene();
  await seedPeople(scene.database.worker);
});
afterAll(() => scene.stop());

test('1,000 hostile questions: nothing hidden is shown, nothing inside is told, a neighbour is answered', async () => {
  const questions = hostileQuestions(1000, 20_260_301);
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
}, 240_000);

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

test('production answers what the ficha command asks and the operations of the file, and no other', async () => {
  const own = `{ client(id: "${people.ana}") { name } }`;
  const file = join(temporaryFolder(), 'operations.json');
  writeFileSync(file, JSON.stringify({ ana: own }));
  const shipped = [...(operationsAnswered('production', undefined)?.values() ?? [])];
  expect(shipped.length).toBeGreaterThan(10);
  for (const text of shipped) expect(validate(schema, parse(text)), text).toEqual([]);
  const list = '{ linkedSystems { id records } }';
  expect(shipped).toContain(list);
  const persisted = operationsAnswered('production', file);
  const production = await readScene(persisted === undefined ? {} : { persisted });
  try {
    await seedPeople(production.database.worker);
    const code = async (query: string) => (await production.ask('dpo', query)).errors?.[0]?.extensions?.['code'];
    expect((await production.ask('data-team', list)).data).toHaveProperty('linkedSystems');
    expect((await production.ask('dpo', own)).data).toEqual({ client: { name: 'Ana Núñez Ortega' } });
    expect(await code('{ linkedSystems { id } }')).toBe('not-persisted');
    expect(await code('{ __schema { types { name } } }')).toBe('not-persisted');
  } finally {
    await production.stop();
  }
  expect(operationsAnswered('production', undefined)?.size).toBe(shipped.length);
  expect(operationsAnswered('production', 'any')).toBeUndefined();
  expect(operationsAnswered('development', undefined)).toBeUndefined();
  expect(operationsAnswered('development', file)?.size).toBe(shipped.length + 1);
  expect(() => operationsAnswered('production', `${file}.gone`)).toThrow('cannot be read');
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
