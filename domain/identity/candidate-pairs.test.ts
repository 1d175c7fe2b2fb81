import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { candidatePairs } from './candidate-pairs.ts';
import { KeyNumbers } from './key-numbers.ts';
import type { BlockLimits } from './match-keys.ts';

const key = fc.tuple(fc.constantFrom('email', 'name'), fc.constantFrom('', 'a', 'b', 'ab'), fc.constantFrom('', 'a', 'b', 'c'));
const record = fc.array(key, { maxLength: 5 });

const textOf = (one: readonly string[]): string => JSON.stringify(one);

/** The same by comparing every record with every other. */
function byHand(records: readonly (readonly (readonly string[])[])[], { largestBlock, largestBroadBlock }: BlockLimits) {
  const sizes = new Map<string, number>();
  const keys = records.map((one) => new Set(one.map(textOf)));
  for (const one of keys) for (const text of one) sizes.set(text, (sizes.get(text) ?? 0) + 1);
  const largest = (text: string) => (text.startsWith('["name"') ? largestBroadBlock : largestBlock);
  const isLeading = (text: string) => (sizes.get(text) ?? 0) <= largest(text);
  const pairs = keys.flatMap((one, place) =>
    keys.flatMap((other, at) =>
      at > place && [...one].some((text) => other.has(text) && isLeading(text)) ? [`${place} ${at}`] : [],
    ),
  );
  const skipped = [...sizes].filter(([text]) => !isLeading(text)).reduce((sum, [, size]) => sum + (size * (size - 1)) / 2, 0);
  return { pairs: pairs.sort(), skipped };
}

const limits = fc.record({ largestBlock: fc.integer({ min: 1, max: 8 }), largestBroadBlock: fc.integer({ min: 1, max: 8 }) });

test.prop([fc.array(record, { maxLength: 30 }), limits], { numRuns: 1_000 })(
  'every two records that share a key of no oversize block are a pair, once, and what is skipped is counted',
  (records, limits) => {
    const found = candidatePairs(
      records,
      (keys, take) => {
        for (const [kind, text, behind] of keys) take(kind, text, behind);
      },
      limits,
    );
    const pairs = Array.from({ length: found.count }, (_, at) => `${found.one[at]} ${found.other[at]}`);
    expect({ pairs: pairs.sort(), skipped: found.skipped }).toEqual(byHand(records, limits));
  },
);

test.prop([fc.array(key, { maxLength: 60 }), fc.constantFrom(1, 2, 16)])(
  'equal keys have one number and different keys another, in one part or in many',
  (keys, parts) => {
    const numbers = new KeyNumbers();
    for (const [kind, text, behind] of keys) numbers.add(kind, text, behind);
    const { ids, distinct } = numbers.numbers(parts);
    const texts = new Map(keys.map((one, place) => [textOf(one), ids[place]]));
    expect(keys.map((_one, place) => ids[place])).toEqual(keys.map((one) => texts.get(textOf(one))));
    expect(new Set(texts.values()).size).toBe(texts.size);
    expect(distinct).toBe(texts.size);
  },
);
