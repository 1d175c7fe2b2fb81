import { afterAll, beforeAll, expect, test } from 'vitest';
import { FichaError } from '../domain/record/error.ts';
import { sql } from '../store/database.ts';
import { anaAlias, hiddenWords, nobody, people, seedPeople } from '../test/support/read-people.ts';
import { type ReadScene, readScene } from '../test/support/read-scene.ts';

let scene: ReadScene;
beforeAll(async () => {
  scene = await readScene();
  await seedPeople(scene.database.worker);
});
afterAll(() => scene.stop());

interface Page {
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly id: string; readonly name: string } }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly hasPreviousPage: boolean; readonly endCursor: string | null };
}
const ask = async (query: string, variables: Record<string, unknown> = {}) => {
  const answer = await scene.ask('front-office', query, variables);
  expect(answer.errors).toBeUndefined();
  return answer.data ?? {};
};
const found = async (search: string) => {
  const { clients } = await ask('query ($s: String) { clients(search: $s, first: 10) { edges { node { id name } } } }', {
    s: search,
  });
  return (clients as Page).edges.map(({ node }) => node.id);
};
const looksAt = async (clientId: string) => {
  const { rows } = await scene.database.owner.query<{ readonly actor: string; readonly role: string }>(sql`
    select actor, role from access_log where client_ids @> array[${clientId}]::uuid[] order by at`);
  return rows;
};

test('a client is read by its id, and by an id that was merged into it', async () => {
  for (const id of [people.ana, anaAlias]) {
    const { client } = await ask(`{ client(id: "${id}") { id formerIds name } }`);
    expect(client).toEqual({ id: people.ana, formerIds: [anaAlias], name: 'Ana Núñez Ortega' });
  }
  for (const id of [nobody, 'no-id']) expect((await ask(`{ client(id: "${id}") { id } }`))['client']).toBeNull();
});

test.each([
  ['EMAIL', ' Ana.Nunez@QUINTANA.example '],
  ['PHONE', '600 11 12 22'],
  ['PHONE', '0034 600-111-222'],
  ['TAX_ID', '12.345.678-z'],
  ['EXTERNAL_ID', 'erp:e-01'],
])('a client is read by an identifier in any format: %s %s', async (kind, value) => {
  const { client } = await ask(
    'query ($k: IdentifierKind!, $v: String!) { client(by: { kind: $k, value: $v, country: "ES" }) { id } }',
    { k: kind, v: value },
  );
  expect(client).toEqual({ id: people.ana });
});

test.each([
  ['a name with its accents', 'Núñez'],
  ['a name without accents', 'nunez ortega'],
  ['the beginning of a name', 'ana nu'],
  ['a typo', 'Ana Nunes Ortega'],
  ['another order of the words', 'ortega ana'],
  ['an e-mail address', 'ANA.nunez@quintana.example'],
  ['a telephone number', '+34 (600) 111 222'],
  ['a tax id', '12345678-Z'],
])('the search box finds by %s', async (_how, text) => {
  expect(await found(text)).toContain(people.ana);
});

test('who is blocked, restricted or erased is in no answer, by no way of asking', async () => {
  const answers = [
    await ask('{ clients(first: 100) { edges { node { id name emails contacts { name } company { name } } } } }'),
    await ask(`{ client(id: "${people.quintana}") { name contacts { name emails } } }`),
  ];
  for (const word of hiddenWords) {
    answers.push(await ask('query ($s: String) { clients(search: $s) { edges { node { name emails } } } }', { s: word }));
  }
  for (const [place, id] of [people.blocked, people.restricted, people.erased].entries()) {
    answers.push(await ask(`{ client(id: "${id}") { name } }`));
    const last = ['0b', '0c', '0e'][place] ?? '';
    answers.push(await ask(`{ client(by: { kind: EXTERNAL_ID, value: "erp:e-${last}" }) { name } }`));
  }
  const all = JSON.stringify(answers);
  for (const word of hiddenWords) expect(all).not.toContain(word);
  expect(all).toContain('Ana');
});

test('every ficha that is shown is written into the access log: alone, in a list, behind a company, as a contact', async () => {
  const before = (await looksAt(people.ana)).length;
  await ask(`{ client(id: "${anaAlias}") { name } }`);
  await ask('{ clients(search: "nunez") { edges { node { name } } } }');
  await ask(`{ client(id: "${people.quintana}") { contacts { name } } }`);
  const looks = await looksAt(people.ana);
  expect(looks).toHaveLength(before + 3);
  expect(looks.at(-1)).toEqual({ actor: 'tester-front-office', role: 'front-office' });
  const company = (await looksAt(people.quintana)).length;
  await ask(`{ client(id: "${people.ana}") { company { name } } }`);
  expect(await looksAt(people.quintana)).toHaveLength(company + 1);
});

test('pages follow each other without a gap or a double, and end', async () => {
  const seen: string[] = [];
  let after: string | null = null;
  for (let turn = 0; turn < 10; turn += 1) {
    const data = await ask(
      'query ($a: String) { clients(first: 2, after: $a) { edges { cursor node { id name } } pageInfo { hasNextPage hasPreviousPage endCursor } } }',
      { a: after },
    );
    const page = data['clients'] as Page;
    expect(page.edges.length).toBeLessThanOrEqual(2);
    expect(page.pageInfo.hasPreviousPage).toBe(after !== null);
    expect(page.pageInfo.endCursor).toBe(page.edges.at(-1)?.cursor ?? null);
    seen.push(...page.edges.map(({ node }) => node.id));
    after = page.pageInfo.endCursor;
    if (!page.pageInfo.hasNextPage) break;
  }
  expect(seen.toSorted()).toEqual([people.ana, people.quintana, people.elena].toSorted());
});

test.each(['not a cursor', 'e30', Buffer.from('{"name":"a","id":"x"}').toString('base64url')])(
  'a cursor that Ficha did not make is refused: %s',
  async (after) => {
    const answer = await scene.ask('front-office', 'query ($a: String) { clients(after: $a) { edges { cursor } } }', {
      a: after,
    });
    expect(answer.errors?.[0]?.extensions?.['code']).toBe('bad-argument');
  },
);

test('when the look cannot be written, nothing is shown; the caller gets an id that the log explains without a value', async () => {
  const closed = await readScene({
    accessorOf: (database) => ({
      ...database.accessor,
      query: () => Promise.reject(new FichaError('database-full', 'no space')),
    }),
  });
  try {
    await seedPeople(closed.database.worker);
    for (const query of [
      `{ client(id: "${people.ana}") { name } }`,
      '{ clients(first: 5) { edges { node { name } } } }',
      '{ clients(search: "nunez") { edges { node { name } } } }',
      '{ client(by: { kind: EMAIL, value: "ana.nunez@quintana.example" }) { name } }',
    ]) {
      const answer = await closed.ask('front-office', query);
      expect(answer.text).not.toContain('Ana');
      const { code, errorId } = answer.errors?.[0]?.extensions ?? {};
      expect(code).toBe('internal');
      expect(closed.logged()).toContain(String(errorId));
    }
    expect(closed.logged()).toContain('database-full');
    expect(closed.logged()).not.toMatch(/Ana|quintana|nunez/i);
  } finally {
    await closed.stop();
  }
});

test('an error inside never shows what it choked on', async () => {
  const broken = await readScene({
    readerOf: (database) => ({
      ...database.reader,
      query: () => Promise.reject(new Error('invalid input: ana.nunez@quintana.example')),
    }),
  });
  try {
    const answer = await broken.ask('front-office', `{ client(id: "${people.ana}") { name } }`);
    expect(answer.errors?.[0]?.extensions?.['code']).toBe('internal');
    expect(`${answer.text}${broken.logged()}`).not.toContain('nunez');
    expect(broken.logged()).toContain(String(answer.errors?.[0]?.extensions?.['errorId']));
  } finally {
    await broken.stop();
  }
});
