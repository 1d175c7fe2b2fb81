import { createHash } from 'node:crypto';
import { monthsFrom } from '../../domain/metrics/month.ts';
import type { SceneClient, SceneEvent } from '../support/metric-scene.ts';
import { pick, type Random, randomFrom } from '../twins/sample-world.ts';

/** A client of the attacked world with what was sold to them. */
export interface Somebody extends SceneClient {
  readonly country: string;
  readonly events: readonly SceneEvent[];
}

/** A person whom the attacks are about: alone in sector and country; in each month with an order or without. */
export interface Victim {
  readonly id: string;
  readonly country: string;
  readonly sector: string;
  /** The secret, by month. */
  readonly active: ReadonlyMap<string, boolean>;
}

/** A client who came in one month, or never: the secret of the attack across months. Nobody else came to that cell then. */
export interface Joiner {
  readonly id: string;
  readonly month: string;
  readonly dimension: 'sector' | 'country';
  readonly value: string;
  readonly came: boolean;
}

export interface AttackedWorld {
  readonly months: readonly string[];
  readonly everybody: readonly Somebody[];
  readonly victims: readonly Victim[];
  readonly joiners: readonly Joiner[];
}

export const countries = ['ES', 'IT', 'FR', 'PT', 'DE', 'GB', 'IE', 'NL', 'BE', 'CH', 'BR'];
export const sectors = [
  'agriculture',
  'construction',
  'education',
  'finance',
  'food',
  'health',
  'hospitality',
  'industry',
  'public',
  'retail',
  'services',
];
const channels = ['web', 'shop', 'phone', 'email'];
const sources = ['campaign', 'event', 'partner', 'search', 'social'];

/** What an active victim bought: one order in the shop on the web. */
export const victimOrder = { channel: 'web', amountCents: 3_000 } as const;

const idOf = (name: string): string => {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};

const event = (random: Random, clientId: string, month: string): SceneEvent => {
  const kind = random() < 0.7 ? 'order' : random() < 0.6 ? 'ticket' : 'call';
  const day = String(1 + Math.floor(random() * 28)).padStart(2, '0');
  const amountCents = kind === 'order' ? 1_000 + Math.floor(random() ** 3 * 60_000) : 0;
  return { clientId, kind, at: `${month}-${day}T10:00:00Z`, channel: pick(random, channels), amountCents };
};

const eventsOf = (random: Random, id: string, months: readonly string[]): SceneEvent[] =>
  months.flatMap((month) =>
    random() < 0.5 ? Array.from({ length: 1 + Math.floor(random() * 1.4) }, () => event(random, id, month)) : [],
  );

function bystander(random: Random, place: number, months: readonly string[]): Somebody {
  const id = idOf(`bystander ${place}`);
  const country = pick(random, countries);
  // nobody but a victim is in the sector and country of that victim
  const free = sectors.filter((sector) => sectors.indexOf(sector) !== countries.indexOf(country));
  const birthDate = `${1945 + Math.floor(random() * 60)}-05-05`;
  const firstSeenAt = `${months[0]}-01T00:00:00Z`;
  return {
    id,
    country,
    sector: pick(random, free),
    source: pick(random, sources),
    birthDate,
    firstSeenAt,
    events: eventsOf(random, id, months),
  };
}

function victimOf(
  random: Random,
  place: number,
  months: readonly string[],
): { readonly victim: Victim; readonly person: Somebody } {
  const [id, country, sector] = [idOf(`victim ${place}`), countries[place] ?? '', sectors[place] ?? ''];
  // as many months with as without, in an order that nobody knows: a guess that never looks is right half the time
  const drawn = months.map((month) => ({ month, draw: random() })).sort((one, other) => one.draw - other.draw);
  const active = new Map(drawn.map(({ month }, rank) => [month, rank % 2 === 0]));
  const events = months
    .filter((month) => active.get(month))
    .map((month): SceneEvent => ({ ...victimOrder, clientId: id, kind: 'order', at: `${month}-15T10:00:00Z` }));
  const person = { id, country, sector, source: null, birthDate: null, firstSeenAt: `${months[0]}-01T00:00:00Z`, events };
  return { victim: { id, country, sector, active }, person };
}

/** Whoever comes by sector comes from a country of which nothing is asked, and the other way round. */
function joinersOf(random: Random, months: readonly string[]): Joiner[] {
  const by = (dimension: Joiner['dimension'], values: readonly string[]) =>
    months.slice(1).flatMap((month) => {
      const flip = random() < 0.5;
      const id = (value: string): string => idOf(`joiner ${dimension} ${value} ${month}`);
      return values
        .map((value) => ({ value, draw: random() }))
        .sort((one, other) => one.draw - other.draw)
        .map(({ value }, rank) => ({ id: id(value), month, dimension, value, came: (rank % 2 === 0) === flip }));
    });
  return [...by('sector', sectors), ...by('country', countries)];
}

const joined = ({ id, month, dimension, value }: Joiner): Somebody => ({
  id,
  country: dimension === 'country' ? value : 'XX',
  sector: dimension === 'sector' ? value : null,
  source: null,
  birthDate: null,
  firstSeenAt: `${month}-02T00:00:00Z`,
  events: [],
});

/** The same world for the same seed. @param last the last closed month, YYYY-MM */
export function attackedWorld(clients: number, first: string, last: string, seed = 41): AttackedWorld {
  const random = randomFrom(seed);
  const months = monthsFrom(first, last);
  const bystanders = Array.from({ length: clients }, (_, place) => bystander(random, place, months));
  const victims = countries.map((_, place) => victimOf(random, place, months));
  const joiners = joinersOf(random, months);
  return {
    months,
    everybody: [...bystanders, ...victims.map(({ person }) => person), ...joiners.filter(({ came }) => came).map(joined)],
    victims: victims.map(({ victim }) => victim),
    joiners,
  };
}
