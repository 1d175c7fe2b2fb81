import { expect, test } from 'vitest';
import { keyedUniform } from '../../analytics/noise.ts';
import { discreteLaplace, halfWidth } from './discrete-laplace.ts';

const samples = (count: number, scale: bigint, divisor: bigint, key = 7): number[] => {
  const uniform = keyedUniform(Buffer.alloc(32, key));
  return Array.from({ length: count }, () => Number(discreteLaplace(uniform, scale, divisor)));
};

/** P(x) of the discrete Laplace law, in closed form. */
const law = (x: number, b: number): number => ((1 - Math.exp(-1 / b)) / (1 + Math.exp(-1 / b))) * Math.exp(-Math.abs(x) / b);

/** Pearson's statistic over the values -reach to reach, each a bin, and one for each tail. */
function chiSquare(found: readonly number[], b: number, reach: number): number {
  const counts = new Map<number, number>();
  for (const x of found) {
    const bin = Math.max(-reach - 1, Math.min(reach + 1, x));
    counts.set(bin, (counts.get(bin) ?? 0) + 1);
  }
  const inner = Array.from({ length: 2 * reach + 1 }, (_, place) => place - reach);
  const tail = (1 - inner.reduce((sum, x) => sum + law(x, b), 0)) / 2;
  const bins = [...inner.map((x) => [x, law(x, b)] as const), [-reach - 1, tail] as const, [reach + 1, tail] as const];
  return bins.reduce((sum, [x, probability]) => {
    const expected = probability * found.length;
    return sum + ((counts.get(x) ?? 0) - expected) ** 2 / expected;
  }, 0);
}

// 42 degrees of freedom: 76.1 is passed by one true law in 1,000
test.each([
  ['a whole scale', 6n, 1n, 6],
  ['a fraction', 1_000_000n, 140_000n, 50 / 7],
  ['a scale below one', 3n, 5n, 0.6],
] as const)('%s gives the discrete Laplace law, by chi-square', (_, scale, divisor, b) => {
  const reach = b < 1 ? 4 : 20;
  const limit = b < 1 ? 29.6 : 76.1;
  const found = samples(60_000, scale, divisor);
  expect(chiSquare(found, b, reach)).toBeLessThan(limit);
  expect(chiSquare(found, b * 1.05, reach)).toBeGreaterThan(limit);
});

test('the interval holds 95 of 100 samples', () => {
  const [found, half] = [samples(20_000, 12n, 1n), halfWidth(12)];
  const inside = found.filter((x) => Math.abs(x) <= half).length / found.length;
  expect(inside).toBeGreaterThan(0.945);
  expect(inside).toBeLessThan(0.957);
});

test('the interval of a sum of samples holds at least 95 of 100 too', () => {
  const found = samples(60_000, 12n, 1n);
  for (const parts of [2, 5, 12]) {
    const sums = Array.from({ length: Math.floor(found.length / parts) }, (_, place) =>
      found.slice(place * parts, (place + 1) * parts).reduce((sum, x) => sum + x, 0),
    );
    const half = halfWidth(12 * Math.sqrt(parts));
    expect(sums.filter((sum) => Math.abs(sum) <= half).length / sums.length).toBeGreaterThan(0.945);
  }
});

test('the same key gives the same numbers, another key others', () => {
  expect(samples(50, 10n, 1n)).toEqual(samples(50, 10n, 1n));
  expect(samples(50, 10n, 1n)).not.toEqual(samples(50, 10n, 1n, 8));
});
