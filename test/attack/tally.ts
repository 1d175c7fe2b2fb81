import type { SceneEvent } from '../support/metric-scene.ts';
import type { AttackedWorld, Somebody } from './world.ts';

/** What one client adds to one month, by the rules that analysts are told: an oracle of its own, in no line shared with the release. */
interface Contribution {
  readonly country: string;
  readonly sector: string;
  readonly channel: string;
  readonly figures: Readonly<Record<string, number>>;
}

const domainOf: Readonly<Record<string, (value: string | null) => string>> = {
  country: (value) => (value === 'XX' ? 'other' : (value ?? 'unknown')),
  sector: (value) => value ?? 'unknown',
};

function mainChannel(events: readonly SceneEvent[]): string {
  const counts = new Map<string, number>();
  for (const { channel } of events) counts.set(channel ?? 'unknown', (counts.get(channel ?? 'unknown') ?? 0) + 1);
  const [first] = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? 1 : -1));
  return first?.[0] ?? 'unknown';
}

const known = new WeakMap<Somebody, Map<string, Contribution | undefined>>();

/** What one client adds to one month; undefined when nothing. */
export function contributionOf(person: Somebody, month: string): Contribution | undefined {
  const months = known.get(person) ?? new Map<string, Contribution | undefined>();
  known.set(person, months);
  if (!months.has(month)) months.set(month, computed(person, month));
  return months.get(month);
}

function computed(person: Somebody, month: string): Contribution | undefined {
  const events = person.events.filter(({ at }) => at.startsWith(month));
  const present = person.firstSeenAt.slice(0, 7) <= month || events.length > 0;
  if (!present) return undefined;
  const orders = events.filter(({ kind }) => kind === 'order');
  return {
    country: domainOf['country']?.(person.country) ?? '',
    sector: domainOf['sector']?.(person.sector) ?? '',
    channel: events.length === 0 ? 'unknown' : mainChannel(events),
    figures: {
      clients: 1,
      'active-clients': events.length > 0 ? 1 : 0,
      orders: Math.min(3, orders.length),
      revenue: Math.min(
        50_000,
        orders.reduce((sum, { amountCents }) => sum + amountCents, 0),
      ),
      tickets: Math.min(2, events.filter(({ kind }) => kind === 'ticket').length),
    },
  };
}

export type DimensionName = 'country' | 'sector' | 'channel';

type Tally = Map<string, number>;

const tallies = new WeakMap<AttackedWorld, Map<string, Tally>>();
const people = new WeakMap<AttackedWorld, ReadonlyMap<string, Somebody>>();

function add(
  cells: Tally,
  person: Somebody,
  metric: string,
  dimensions: readonly DimensionName[],
  month: string,
  sign: 1 | -1,
): void {
  const own = contributionOf(person, month);
  const figure = own?.figures[metric] ?? 0;
  if (own === undefined || figure === 0) return;
  const cell = dimensions.map((name) => own[name]).join('|');
  cells.set(cell, (cells.get(cell) ?? 0) + sign * figure);
}

/** Exact figures by cell (values in the order of `dimensions`, joined by a bar) of everybody but those left out, by id. */
export function tally(
  world: AttackedWorld,
  metric: string,
  dimensions: readonly DimensionName[],
  month: string,
  without: readonly string[] = [],
): ReadonlyMap<string, number> {
  const known = tallies.get(world) ?? new Map<string, Tally>();
  tallies.set(world, known);
  const name = `${metric}|${dimensions.join()}|${month}`;
  const everybody = known.get(name) ?? new Map<string, number>();
  if (!known.has(name)) {
    for (const person of world.everybody) add(everybody, person, metric, dimensions, month, 1);
    known.set(name, everybody);
  }
  const byId = people.get(world) ?? new Map(world.everybody.map((person) => [person.id, person]));
  people.set(world, byId);
  const rest = new Map(everybody);
  for (const id of without) {
    const person = byId.get(id);
    if (person !== undefined) add(rest, person, metric, dimensions, month, -1);
  }
  return rest;
}
