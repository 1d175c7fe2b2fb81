import type { Dimension, Question, SeenCell, Target } from './target.ts';
import { type DimensionName, tally } from './tally.ts';
import type { AttackedWorld, Victim } from './world.ts';

/** One guess of one secret. A positive score says yes, a negative no; 0 is a coin. */
export interface Trial {
  readonly score: number;
  readonly truth: boolean;
}

export type Attack = (target: Target, world: AttackedWorld) => Promise<readonly Trial[]>;

/** How much better than a coin the guesses are: 1 is always right, 0 is chance. A coin is right half the time. */
export const advantage = (trials: readonly Trial[]): number => {
  const right = trials.reduce((sum, { score, truth }) => sum + (score === 0 ? 0.5 : score > 0 === truth ? 1 : 0), 0);
  return (2 * right) / trials.length - 1;
};

export const span = ({ months }: AttackedWorld) => ({ from: months[0] ?? '', to: months.at(-1) ?? '' });

type ByMonth = ReadonlyMap<string, number>;

/** The one figure a month that a question answers; months without one are left out. */
async function monthly(target: Target, question: Question): Promise<ByMonth | 'refused'> {
  const cells = await target.ask(question);
  if (cells === 'refused') return cells;
  return new Map(cells.flatMap(({ month, rest, value }) => (rest || value === null ? [] : [[month, value] as const])));
}

const activeIn = (country: string, world: AttackedWorld, filter: Question['filter'] = {}): Question => ({
  name: 'ACTIVE_CLIENTS',
  ...span(world),
  filter: { country: [country], ...filter },
});

const withoutSector = (victim: Victim, world: AttackedWorld): Question =>
  activeIn(victim.country, world, { notSector: [victim.sector.toUpperCase()] });

/** What everybody else in the country of a victim comes to: the strongest attacker knows it. */
const others = (world: AttackedWorld, victim: Victim, month: string): number =>
  tally(world, 'active-clients', ['country'], month, [victim.id]).get(victim.country) ?? 0;

type Score = (victim: Victim, month: string) => number;

const trialsOf = (world: AttackedWorld, victims: readonly Victim[], score: Score): Trial[] =>
  victims.flatMap((victim) =>
    world.months.map((month) => ({ score: score(victim, month), truth: victim.active.get(month) === true })),
  );

async function eachVictim(
  world: AttackedWorld,
  scoreOf: (victim: Victim) => Promise<(month: string) => number>,
): Promise<Trial[]> {
  const trials: Trial[] = [];
  for (const victim of world.victims) {
    const score = await scoreOf(victim);
    trials.push(...trialsOf(world, [victim], (_, month) => score(month)));
  }
  return trials;
}

const difference = (a: ByMonth, b: ByMonth, month: string): number => {
  const [one, other] = [a.get(month), b.get(month)];
  return one === undefined || other === undefined ? 0 : one - other - 0.5;
};

/** All of a country less all of it but one sector; where no such filter is, the cell of sector and country itself. */
export const differencing: Attack = (target, world) =>
  eachVictim(world, async (victim) => {
    const whole = await monthly(target, activeIn(victim.country, world));
    const without = await monthly(target, withoutSector(victim, world));
    if (whole !== 'refused' && without !== 'refused') return (month) => difference(whole, without, month);
    const own = await monthly(target, activeIn(victim.country, world, { sector: [victim.sector.toUpperCase()] }));
    return (month) => (own === 'refused' || !own.has(month) ? 0 : (own.get(month) ?? 0) - 0.5);
  });

const repeats = 12;

/** The same question again and again, to average noise away; others are known. */
export const repetition: Attack = (target, world) =>
  eachVictim(world, async (victim) => {
    const sums = new Map<string, number>();
    for (let turn = 0; turn < repeats; turn += 1) {
      const seen = await monthly(target, activeIn(victim.country, world));
      if (seen !== 'refused') for (const [month, value] of seen) sums.set(month, (sums.get(month) ?? 0) + value / repeats);
    }
    return (month) => (sums.has(month) ? (sums.get(month) ?? 0) - others(world, victim, month) - 0.5 : 0);
  });

const sumByMonth = (cells: readonly SeenCell[] | 'refused'): ByMonth => {
  const sums = new Map<string, number>();
  const broken = new Set<string>();
  for (const { month, rest, value } of cells === 'refused' ? [] : cells) {
    if (value === null && !rest) broken.add(month);
    if (!rest) sums.set(month, (sums.get(month) ?? 0) + (value ?? 0));
  }
  return new Map([...sums].filter(([month]) => !broken.has(month)));
};

/** One number asked in many ways: as a filter, as a dimension, month by month, as a sum over other tables; averaged. */
export const equivalentQueries: Attack = (target, world) =>
  eachVictim(world, async (victim) => {
    const own = activeIn(victim.country, world);
    const ways: Question[] = [
      own,
      { ...own, by: ['COUNTRY'] },
      { ...own, by: ['SECTOR'] },
      { ...own, by: ['SECTOR', 'COUNTRY'] },
      { ...own, by: ['COUNTRY', 'SECTOR'] },
      { ...own, by: ['CHANNEL'] },
    ];
    const seen: ByMonth[] = [];
    for (const way of ways) seen.push(sumByMonth(await target.ask(way)));
    for (const month of world.months) seen.push(sumByMonth(await target.ask({ ...own, from: month, to: month })));
    return (month) => {
      const values = seen.flatMap((way) => way.get(month) ?? []);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      return values.length === 0 ? 0 : mean - others(world, victim, month) - 0.5;
    };
  });

/** Do two answers that differ by one person differ at all? Where they cannot be asked, do two answers to one question? */
export const equality: Attack = (target, world) =>
  eachVictim(world, async (victim) => {
    const whole = await monthly(target, activeIn(victim.country, world));
    const without = await monthly(target, withoutSector(victim, world));
    const again =
      without === 'refused' ? await monthly(target, { ...activeIn(victim.country, world), by: ['COUNTRY'] }) : without;
    return (month) => (whole === 'refused' || again === 'refused' ? 0 : whole.get(month) === again.get(month) ? -1 : 1);
  });

/** The total of a country less its other sectors, those that are hidden known from elsewhere. */
export const totalMinusSiblings: Attack = (target, world) =>
  eachVictim(world, async (victim) => {
    const total = await monthly(target, activeIn(victim.country, world));
    const siblings = await target.ask({ ...activeIn(victim.country, world), by: ['SECTOR'] });
    if (total === 'refused' || siblings === 'refused') return () => 0;
    return (month) => {
      const known = tally(world, 'active-clients', ['country', 'sector'], month, [victim.id]);
      const shown = new Map(
        siblings.filter((cell) => cell.month === month && cell.value !== null).map((cell) => [cell.sector, cell.value]),
      );
      const rest = [...known]
        .filter(([cell]) => cell.startsWith(`${victim.country}|`))
        .reduce((sum, [cell, value]) => sum + (shown.get(cell.split('|')[1] ?? '') ?? value), 0);
      return total.has(month) ? (total.get(month) ?? 0) - rest - 0.5 : 0;
    };
  });

/** A person of each country is erased between two looks at it: who is erased elsewhere is in neither look. Runs last: it changes the world. */
export const beforeAndAfterErasure: Attack = async (target, world) => {
  const look = async () => {
    const seen = new Map<Victim, ByMonth | 'refused'>();
    for (const victim of world.victims) seen.set(victim, await monthly(target, activeIn(victim.country, world)));
    return seen;
  };
  const before = await look();
  await target.erase(world.victims.map(({ id }) => id));
  const after = await look();
  return trialsOf(world, world.victims, (victim, month) => {
    const [one, other] = [before.get(victim), after.get(victim)];
    return one instanceof Map && other instanceof Map ? difference(one, other, month) : 0;
  });
};

/** Two months in which nothing changed but that one client came, or did not. */
export const acrossMonths: Attack = async (target, world) => {
  const looks = new Map<string, readonly SeenCell[]>();
  for (const by of ['SECTOR', 'COUNTRY'] as const satisfies readonly Dimension[]) {
    const cells = await target.ask({ name: 'CLIENTS', ...span(world), by: [by] });
    looks.set(by.toLowerCase(), cells === 'refused' ? [] : cells);
  }
  const valueOf = (dimension: DimensionName, value: string, month: string): number | undefined =>
    looks.get(dimension)?.find((cell) => cell[dimension] === value && cell.month === month)?.value ?? undefined;
  return world.joiners.map(({ dimension, value, month, came }) => {
    const before = valueOf(dimension, value, world.months[world.months.indexOf(month) - 1] ?? '');
    const after = valueOf(dimension, value, month);
    return { truth: came, score: before === undefined || after === undefined ? 0 : after - before - 0.5 };
  });
};
