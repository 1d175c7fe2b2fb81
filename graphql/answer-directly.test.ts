import { fc, test as property } from '@fast-check/vitest';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { anySelection } from '../test/support/any-selection.ts';
import { anaAlias, people, seedPeople } from '../test/support/read-people.ts';
import { type ReadScene, readScene } from '../test/support/read-scene.ts';

let scene: ReadScene;
let statements: string[] = [];
beforeAll(async () => {
  scene = await readScene({
    readerOf: ({ reader }) => ({
      ...reader,
      query: (statement) => {
        statements.push(statement.text);
        return reader.query(statement);
      },
    }),
  });
  await seedPeople(scene.database.worker);
});
afterAll(() => scene.stop());

const roots = [
  `client(id: "${people.ana}")`,
  `client(id: "${anaAlias}")`,
  `client(id: "${people.quintana}")`,
  `client(id: "${people.blocked}")`,
  'client(by: { kind: EMAIL, value: "ana.nunez@quintana.example" })',
];

const question = fc.oneof(
  fc.tuple(fc.constantFrom(...roots), anySelection('Client', 2)).map(([root, text]) => `{ ${root} { ${text} } }`),
  fc
    .tuple(
      fc.constantFrom('', '(first: 2)', '(search: "nunez")', '(orderBy: NEWEST_CHANGE)', '(filter: { kind: "person" })'),
      anySelection('Client', 1),
    )
    .map(
      ([args, text]) => `{ clients${args} { edges { cursor node { ${text} } } pageInfo { hasNextPage endCursor } __typename } }`,
    ),
);

const mayReadAll = ['dpo', 'grant:special'];

/** The same question in a way that only the executor answers: its root stands in a fragment. */
const byExecutor = (text: string): string => `query { ...Root } fragment Root on Query ${text}`;

property.prop([question], { numRuns: 150 })('the direct answer is what the executor answers, letter by letter', async (text) => {
  const direct = await scene.ask(mayReadAll, text);
  const executed = await scene.ask(mayReadAll, byExecutor(text));
  expect(direct.errors).toBeUndefined();
  expect(executed.errors).toBeUndefined();
  expect(JSON.parse(direct.text)).toEqual(JSON.parse(executed.text));
  expect(Object.keys(JSON.parse(direct.text) as object)).toEqual(['data']);
});

test('a list of clients with what hangs from them is one statement', async () => {
  statements = [];
  const answer = await scene.ask(
    'dpo',
    '{ clients(first: 50) { edges { node { name contacts(first: 3) { name } consent { answer } sales(first: 10) { amount lines { sku } } } } } }',
  );
  expect(answer.errors).toBeUndefined();
  expect(statements).toHaveLength(1);
});

test('a document asked again with other variables answers for those', async () => {
  const text =
    'query Q($id: ID, $by: IdentifierInput, $n: Int) { client(id: $id, by: $by) { name sales(first: $n) { number } } }';
  const ask = async (variables: Record<string, unknown>) => (await scene.ask('dpo', text, variables)).data?.['client'];
  const first = await ask({ id: people.ana, n: 1 });
  expect(first).toMatchObject({ name: 'Ana Núñez Ortega', sales: [{ number: 'S-3' }] });
  expect(await ask({ id: people.elena })).toEqual({ name: 'Elena Rossi', sales: [] });
  expect(await ask({ by: { kind: 'EMAIL', value: 'ana.nunez@quintana.example' }, n: 4 })).toMatchObject({ sales: { length: 4 } });
  expect(await ask({ id: people.ana, n: 1 })).toEqual(first);
  expect((await scene.ask('dpo', text, {})).errors?.[0]?.extensions?.['code']).toBe('bad-argument');
  expect((await scene.ask('dpo', text, { id: people.ana, n: 0 })).errors?.[0]?.extensions?.['code']).toBe('bad-argument');
});

test('a document asked again with another filter is narrowed by that one alone', async () => {
  const text =
    'query ($filter: ClientFilter, $n: Int) { clients(first: $n, filter: $filter) { edges { node { name } } pageInfo { hasNextPage } } }';
  const names = async (filter: Record<string, unknown> | null, n = 20) => {
    const { data } = await scene.ask('dpo', text, { filter, n });
    const clients = data?.['clients'] as { readonly edges: readonly { readonly node: { readonly name: string } }[] } | undefined;
    return clients?.edges.map(({ node }) => node.name);
  };
  const everybody = await names(null);
  expect(everybody).toEqual(['Ana Núñez Ortega', 'Elena Rossi', 'Talleres Quintana SL']);
  expect(await names({ kind: 'company' })).toEqual(['Talleres Quintana SL']);
  expect(await names({ acquisitionSource: 'fair' })).toEqual(['Ana Núñez Ortega']);
  expect(await names({ kind: 'person', acquisitionSource: 'fair' })).toEqual(['Ana Núñez Ortega']);
  expect(await names({ kind: null })).toEqual(everybody);
  expect(await names({ kind: '' })).toEqual([]);
  expect(await names({}, 100)).toEqual(everybody);
  expect(await names(null, 1)).toEqual(everybody?.slice(0, 1));
  expect((await scene.ask('dpo', text, { filter: { companyId: '' } })).errors?.[0]?.extensions?.['code']).toBe('bad-argument');
});

test('what a document compiled for one role is not used for another', async () => {
  const text = `{ client(id: "${people.ana}") { birthDate } }`;
  for (let turn = 0; turn < 3; turn += 1) {
    expect((await scene.ask('dpo', text)).data).toEqual({ client: { birthDate: '1980-05-17' } });
    expect((await scene.ask('front-office', text)).errors?.[0]?.extensions?.['code']).toBe('not-allowed');
  }
});

test('skip and include change the answer from one time to the next', async () => {
  const text = `query ($more: Boolean!) { client(id: "${people.ana}") { name country @include(if: $more) kind @skip(if: $more) } }`;
  expect((await scene.ask('dpo', text, { more: true })).data).toEqual({ client: { name: 'Ana Núñez Ortega', country: 'ES' } });
  expect((await scene.ask('dpo', text, { more: false })).data).toEqual({ client: { name: 'Ana Núñez Ortega', kind: 'person' } });
});

test('the same field asked twice is put together; a name of 61 letters is refused', async () => {
  const text = `{ client(id: "${people.ana}") { company { name } company { kind } name name } }`;
  expect((await scene.ask('dpo', text)).data).toEqual({
    client: { company: { name: 'Talleres Quintana SL', kind: 'company' }, name: 'Ana Núñez Ortega' },
  });
  const long = await scene.ask('dpo', `{ client(id: "${people.ana}") { ${'n'.repeat(61)}: name } }`);
  expect(long.errors?.[0]?.extensions?.['code']).toBe('bad-argument');
});

test('the ficha shows what a salesperson needs', async () => {
  const answer = await scene.ask(
    'dpo',
    `{ client(id: "${people.ana}") { glance { amount12Months currency lastPurchaseAmount openTickets openOffers lastContactChannel
       potential { score reasons { code points } } qualityFlags } sales(kind: QUOTE) { number lines { sku quantity amount } }
       documents { title originUrl } consent { purpose channel answer how } consentHistory { answer } suppressions { state } records { externalId } } }`,
  );
  expect(answer.data?.['client']).toMatchObject({
    glance: {
      amount12Months: 100,
      currency: 'EUR',
      lastPurchaseAmount: 100,
      openTickets: 1,
      openOffers: 1,
      lastContactChannel: 'email',
      qualityFlags: ['no-address', 'sources-disagree'],
    },
    sales: [{ number: 'S-3', lines: [{ sku: 'SKU-S-3', quantity: 2, amount: 999 }] }],
    documents: [{ title: 'Contract', originUrl: 'https://erp.example/doc/1' }],
    consent: [{ purpose: 'marketing', channel: 'email', answer: 'denied', how: 'form' }],
    consentHistory: [{ answer: 'denied' }, { answer: 'granted' }],
    suppressions: [{ state: 'applied' }],
    records: [{ externalId: 'e-01' }],
  });
});
