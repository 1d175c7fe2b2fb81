import { fc, test as property } from '@fast-check/vitest';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '../store/database.ts';
import { anySelection } from '../test/support/any-selection.ts';
import { type ReadScene, readScene } from '../test/support/read-scene.ts';
import { createDirectAnswers } from './answer-directly.ts';
import type { GraphqlContext } from './context.ts';
import { createDocuments, operationOf } from './document.ts';
import { schema } from './schema.ts';

let scene: ReadScene;
beforeAll(async () => {
  scene = await readScene();
  await scene.database.owner.query(sql`
    insert into metric_month (month, budget_micro, parameters) values ('2026-01-01', 2000000, '{}'), ('2026-02-01', 2000000, '{}')`);
  await scene.database.owner.query(sql`
    with made as (
      insert into released_table (month, metric, dimensions, clamp, epsilon_micro, scale)
      select month, metric, dimensions::text[], 1, 1000, 9.5
        from metric_month, (values ('active-clients'), ('revenue')) m (metric), (values ('{}'), ('{country}')) d (dimensions)
      returning id, dimensions, metric)
    insert into released_cell (table_id, place, cell, kind, value, scale)
    select id, place, cell::text[], kind, case when metric = 'revenue' then value * 137 else value end, 9.5
      from made join (values ('', 0, '{}', 'cell', 1200), ('country', 0, '{ES}', 'cell', 900), ('country', 1, '{IT}', 'cell', null),
                             ('country', 2, '{FR}', 'cell', -4), ('country', 13, '{}', 'other', 300)) c (by, place, cell, kind, value)
        on c.by = array_to_string(dimensions, ',')`);
});
afterAll(() => scene.stop());

const roots = [
  'metric(name: ACTIVE_CLIENTS, from: "2026-01", to: "2026-03")',
  'metric(name: ACTIVE_CLIENTS, from: "2026-01", to: "2026-02", by: [COUNTRY])',
  'metric(name: REVENUE, from: "2026-02", to: "2026-02", filter: { country: [ES, IT] })',
  'metric(name: REVENUE_PER_CLIENT, from: "2026-01", to: "2026-02", by: [COUNTRY])',
  'metric(name: REVENUE_THIS_YEAR, from: "2026-02", to: "2026-02")',
  'metric(name: CLIENTS, from: "2025-01", to: "2025-02")',
];

const answerDirectly = createDirectAnswers(schema);
const documentOf = createDocuments(schema);

/** Without an executor; undefined when it is left to one. */
async function direct(query: string, roles: GraphqlContext['viewer']['roles'] = ['analyst']): Promise<string | undefined> {
  const document = documentOf(query);
  if (!('node' in document)) throw new Error(`the test asks wrongly: ${document[0]?.message}`);
  const { reader, accessor } = scene.database;
  const context = { reader, accessor, viewer: { subject: 'tester', roles } } as unknown as GraphqlContext; // nothing else is read
  return await answerDirectly(document, operationOf(document, undefined), {}, context);
}

property.prop([fc.constantFrom(...roots), anySelection('MetricAnswer', 2)], { numRuns: 100 })(
  'figures written directly are what the executor answers, letter by letter',
  async (root, selection) => {
    const text = await direct(`{ it: ${root} { ${selection} } }`);
    const executed = await scene.ask('analyst', `query { ...Root } fragment Root on Query { it: ${root} { ${selection} } }`);
    expect(executed.errors).toBeUndefined();
    expect(text).toBe(executed.text);
  },
);

test('what is refused, not allowed or beside something else is left to the executor', async () => {
  const question = '{ metric(name: REVENUE, from: "2026-01", to: "2026-01") { unit } }';
  expect(await direct(question)).toBe('{"data":{"metric":{"unit":"EUR"}}}');
  expect(await direct(question, [])).toBeUndefined();
  expect(await direct(question.replace('2026-01', '2027-01'))).toBeUndefined();
  expect(await direct(question.replace('{ metric', '{ metrics { name } metric'))).toBeUndefined();
});

test('a month that is published while questions are answered is in the next answer, also where later figures are made of it', async () => {
  const cells = async (name: string, from: string) =>
    (
      JSON.parse(
        (await direct(`{ metric(name: ${name}, from: "${from}", to: "2026-05") { missing cells { month value } } }`)) ?? '',
      ) as {
        data: { metric: { missing: string[]; cells: { month: string; value: number | null }[] } };
      }
    ).data.metric;
  const publish = async (month: string) => {
    await scene.database.owner.query(
      sql`insert into metric_month (month, budget_micro, parameters) values (${month}, 2000000, '{}')`,
    );
    await scene.database.owner.query(sql`
      with made as (
        insert into released_table (month, metric, dimensions, clamp, epsilon_micro, scale)
        values (${month}, 'revenue', '{}', 1, 1000, 9.5) returning id)
      insert into released_cell (table_id, place, cell, kind, value, scale) select id, 0, '{}', 'cell', 5000, 9.5 from made`);
  };
  for (const month of ['2026-05-01', '2026-04-01']) await publish(month);
  // a sum since January for want of March has no value, and is not kept
  expect(await cells('REVENUE_THIS_YEAR', '2026-05')).toEqual({ missing: [], cells: [{ month: '2026-05', value: null }] });
  expect((await cells('REVENUE', '2026-03')).missing).toEqual(['2026-03']);
  await publish('2026-03-01');
  const january = 1200 * 137;
  expect(await cells('REVENUE_THIS_YEAR', '2026-05')).toEqual({
    missing: [],
    cells: [{ month: '2026-05', value: (2 * january + 3 * 5000) / 100 }],
  });
  expect((await cells('REVENUE', '2026-03')).missing).toEqual([]);
});
