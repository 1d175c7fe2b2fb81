import { type Attack, span } from './attacks.ts';
import type { Dimension, Target } from './target.ts';
import { type DimensionName, tally } from './tally.ts';
import { type AttackedWorld, type Victim, victimOrder } from './world.ts';

/** Every published table that the secret of a victim is in, and what an active victim adds to a cell of it, in the shown unit. */
const tables: readonly {
  readonly name: string;
  readonly metric: string;
  readonly adds: number;
  readonly by: readonly Dimension[];
}[] = [
  ...([[], ['COUNTRY'], ['SECTOR'], ['CHANNEL'], ['COUNTRY', 'SECTOR']] as const).map((by) => ({
    name: 'ACTIVE_CLIENTS',
    metric: 'active-clients',
    adds: 1,
    by,
  })),
  ...([[], ['CHANNEL'], ['COUNTRY']] as const).flatMap((by) => [
    { name: 'ORDERS', metric: 'orders', adds: 1, by },
    { name: 'REVENUE', metric: 'revenue', adds: victimOrder.amountCents / 100, by },
  ]),
];

/** One published cell: what is left of it when everybody but the victims is taken out, and who of them may be in it. */
interface Observation {
  readonly month: string;
  /** Published figure less the bounded figures of everybody else. */
  readonly rest: number;
  /** Scale of the noise, as the interval tells it; nearly nothing where figures are exact. */
  readonly scale: number;
  readonly adds: number;
  readonly victims: readonly Victim[];
}

const exactScale = 0.01;

/** Everything that the endpoint publishes, seen by somebody who knows the rows of everybody but the victims. */
async function observe(target: Target, world: AttackedWorld): Promise<readonly Observation[]> {
  const observations: Observation[] = [];
  const ids = world.victims.map(({ id }) => id);
  for (const { name, metric, adds, by } of tables) {
    const cells = await target.ask({ name, ...span(world), ...(by.length > 0 ? { by } : {}) });
    const dimensions = by.map((one) => one.toLowerCase() as DimensionName);
    const unit = metric === 'revenue' ? 100 : 1;
    const knownIn = new Map(world.months.map((month) => [month, tally(world, metric, dimensions, month, ids)]));
    for (const cell of cells === 'refused' ? [] : cells) {
      if (cell.rest || cell.value === null || cell.high === null) continue;
      const key = dimensions.map((one) => cell[one]).join('|');
      const known = (knownIn.get(cell.month)?.get(key) ?? 0) / unit;
      const victims = world.victims.filter((victim) =>
        dimensions.every((one) => cell[one] === (one === 'channel' ? victimOrder.channel : victim[one])),
      );
      const scale = Math.max(exactScale, (cell.high - cell.value) / Math.log(20));
      if (victims.length > 0) observations.push({ month: cell.month, rest: cell.value - known, scale, adds, victims });
    }
  }
  return observations;
}

/** Solves a symmetric positive system by elimination. @returns x of A x = b; A and b are changed */
function solve(matrix: number[][], right: number[]): number[] {
  const size = right.length;
  for (let column = 0; column < size; column += 1) {
    const pivot = matrix[column] ?? [];
    for (let row = column + 1; row < size; row += 1) {
      const line = matrix[row] ?? [];
      const factor = (line[column] ?? 0) / (pivot[column] ?? 1);
      for (let place = column; place < size; place += 1) line[place] = (line[place] ?? 0) - factor * (pivot[place] ?? 0);
      right[row] = (right[row] ?? 0) - factor * (right[column] ?? 0);
    }
  }
  const found = right.map(() => 0);
  for (let row = size - 1; row >= 0; row -= 1) {
    const line = matrix[row] ?? [];
    const later = found.reduce((sum, value, place) => (place > row ? sum + value * (line[place] ?? 0) : sum), 0);
    found[row] = ((right[row] ?? 0) - later) / (line[row] ?? 1);
  }
  return found;
}

/** The secrets of all victims of a month at once, as those that all published tables together fit best; before looking, 1/2 each. */
export const leastSquares: Attack = async (target, world) => {
  const observations = await observe(target, world);
  return world.months.flatMap((month) => {
    const size = world.victims.length;
    const matrix = Array.from({ length: size }, (_, row) =>
      Array.from({ length: size }, (_, column) => Number(row === column) * 4),
    );
    const right = Array.from({ length: size }, () => 2);
    for (const { rest, scale, adds, victims } of observations.filter((one) => one.month === month)) {
      const weight = 1 / (2 * scale ** 2);
      for (const one of victims) {
        const row = world.victims.indexOf(one);
        right[row] = (right[row] ?? 0) + weight * adds * rest;
        for (const other of victims) {
          const line = matrix[row] ?? [];
          const column = world.victims.indexOf(other);
          line[column] = (line[column] ?? 0) + weight * adds * adds;
        }
      }
    }
    const found = solve(matrix, right);
    return world.victims.map((victim, place) => ({
      score: (found[place] ?? 0.5) - 0.5,
      truth: victim.active.get(month) === true,
    }));
  });
};

/** Who knows every row but one: the likelihood of the published figures with that person, against without. No attack is stronger. */
export const knowsEverybodyElse: Attack = async (target, world) => {
  const observations = await observe(target, world);
  return world.victims.flatMap((victim) =>
    world.months.map((month) => {
      const seen = observations.filter((one) => one.month === month && one.victims.includes(victim));
      const score = seen.reduce((sum, { rest, scale, adds, victims }) => {
        const others = victims.filter((one) => one !== victim && one.active.get(month) === true).length * adds;
        return sum + (Math.abs(rest - others) - Math.abs(rest - others - adds)) / scale;
      }, 0);
      return { score, truth: victim.active.get(month) === true };
    }),
  );
};
