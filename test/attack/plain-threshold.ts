import { readFileSync } from 'node:fs';
import { buildSchema, extendSchema, graphql, parse } from 'graphql';
import { monthsFrom } from '../../domain/metrics/month.ts';
import { type DimensionName, contributionOf } from './tally.ts';
import type { AttackedWorld, Somebody } from './world.ts';

/** A metrics API as many are: exact counts at the time of asking, hidden below k. Only here, to see that the attacks find it out. */

const k = 10;

interface Arguments {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly by?: readonly string[];
  readonly filter?: Readonly<Record<string, readonly string[]>>;
}

const ownSchema = extendSchema(
  buildSchema(readFileSync(new URL('../../graphql/schema.graphql', import.meta.url), 'utf8')),
  parse('extend input MetricFilter { notSector: [MetricSector!] }'),
);

const enumOf = (value: string): string => value.toUpperCase().replaceAll('-', '_');
const metricOf = (name: string): string => name.toLowerCase().replaceAll('_', '-');

type Wish = readonly [name: string, values: readonly string[]];

const kept = (own: NonNullable<ReturnType<typeof contributionOf>>, wishes: readonly Wish[]): boolean =>
  wishes.every(([name, values]) =>
    name === 'notSector' ? !values.includes(enumOf(own.sector)) : values.includes(enumOf(own[name as DimensionName])),
  );

function cellsOf(people: readonly Somebody[], { name, by = [], filter }: Arguments, month: string) {
  const dimensions = [
    ...by,
    ...Object.keys(filter ?? {})
      .filter((one) => one !== 'notSector')
      .map((one) => one.toUpperCase()),
  ]
    .map((one) => one.toLowerCase() as DimensionName)
    .sort();
  const metric = metricOf(name);
  const wishes = Object.entries(filter ?? {});
  const cells = new Map<string, { sum: number; people: number; values: readonly string[] }>();
  for (const person of people) {
    const own = contributionOf(person, month);
    const figure = own?.figures[metric] ?? 0;
    if (own === undefined || figure === 0 || !kept(own, wishes)) continue;
    const values = dimensions.map((one) => own[one]);
    const cell = cells.get(values.join('|')) ?? { sum: 0, people: 0, values };
    cells.set(values.join('|'), { values, sum: cell.sum + figure, people: cell.people + 1 });
  }
  return [...cells.values()].map(({ sum, people: behind, values }) => {
    const value = behind < k ? null : sum / (name === 'REVENUE' ? 100 : 1);
    const named = Object.fromEntries(dimensions.map((one, place) => [one, values[place]]));
    return { month, rest: false, suppressed: value === null, value, low: value, high: value, ...named };
  });
}

/** The handler, and how somebody leaves the world behind it. */
export function plainThreshold(world: AttackedWorld) {
  let people = world.everybody;
  const answers = new Map<string, object>();
  return {
    erase: async (clientIds: readonly string[]): Promise<void> => {
      people = people.filter(({ id }) => !clientIds.includes(id));
      answers.clear();
    },
    handler: async (request: Request): Promise<Response> => {
      const { query } = (await request.json()) as { readonly query: string };
      const metric = (asked: Arguments) => ({
        cells: monthsFrom(asked.from, asked.to).flatMap((month) => cellsOf(people, asked, month)),
      });
      const answer = answers.get(query) ?? (await graphql({ schema: ownSchema, source: query, rootValue: { metric } }));
      answers.set(query, answer);
      return Response.json(answer);
    },
  };
}
