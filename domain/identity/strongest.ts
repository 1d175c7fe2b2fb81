import { isOneSlip } from './edit-distance.ts';

/** The strongest level that any two values have. @param order of the levels, the strongest first */
export function strongest<Value, Level extends string>(
  one: readonly Value[],
  other: readonly Value[],
  order: readonly Level[],
  levelOf: (one: Value, other: Value) => Level,
): Level | 'missing' {
  const [first, second] = [one[0], other[0]];
  if (first === undefined || second === undefined) return 'missing';
  if (one.length === 1 && other.length === 1) return levelOf(first, second);
  let best = order.length;
  for (const value of one) for (const candidate of other) best = Math.min(best, order.indexOf(levelOf(value, candidate)));
  return order[best] ?? 'missing';
}

const shortest = 5;

/** Whether two texts are one slip apart, and long enough that this is no chance. */
export const isSlip = (one: string, other: string, least = shortest): boolean => one.length >= least && isOneSlip(one, other);
