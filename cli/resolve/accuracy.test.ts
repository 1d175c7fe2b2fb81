import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { accuracyOf } from './accuracy.ts';

describe('accuracy', () => {
  // clusters {1,2,3} {4} {5}; clients {1,2} {3,4} {5}
  const found = ['a', 'a', 'a', 'b', 'c'];
  const truth = ['x', 'x', 'y', 'y', 'z'];

  test('pairs and B-cubed are what one reckons by hand', () => {
    const { pairwise, bCubed, ...rest } = accuracyOf(found, truth);
    expect(rest).toEqual({ records: 5, clusters: 3, truePairs: 2, foundPairs: 3, rightPairs: 1, mixedClusters: 1 });
    expect(pairwise.precision).toBeCloseTo(1 / 3);
    expect(pairwise.recall).toBeCloseTo(1 / 2);
    expect(pairwise.f1).toBeCloseTo(0.4);
    expect(bCubed.precision).toBeCloseTo((2 / 3 + 2 / 3 + 1 / 3 + 1 + 1) / 5);
    expect(bCubed.recall).toBeCloseTo((1 + 1 + 1 / 2 + 1 / 2 + 1) / 5);
  });
  test('of some records, only pairs with one of them count', () => {
    // asked: record 4 alone; its true pair is (3,4), its cluster holds nobody else
    const { truePairs, foundPairs, rightPairs, records, bCubed } = accuracyOf(found, truth, (place) => place === 3);
    expect([truePairs, foundPairs, rightPairs, records]).toEqual([1, 0, 0, 1]);
    expect([bCubed.precision, bCubed.recall]).toEqual([1, 0.5]);
  });
  test('nothing found and nothing to find is right', () => {
    expect(accuracyOf(['a', 'b'], ['x', 'y']).pairwise).toEqual({ precision: 1, recall: 1, f1: 1 });
    expect(accuracyOf(['a', 'b'], ['x', 'x']).pairwise).toEqual({ precision: 1, recall: 0, f1: 0 });
    expect(accuracyOf([], []).bCubed.f1).toBe(1);
  });
  const labels = fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 }), fc.boolean()), {
    maxLength: 30,
  });
  property.prop([labels], { numRuns: 1_000 })('counting clusters gives what counting every pair gives', (rows) => {
    const [cluster, client] = [rows.map(([one]) => `${one}`), rows.map(([, other]) => `${other}`)];
    let [foundPairs, truePairs, rightPairs] = [0, 0, 0];
    for (const [place, [one, first, asked]] of rows.entries()) {
      for (const [other, second, askedToo] of rows.slice(place + 1)) {
        if (!asked && !askedToo) continue;
        foundPairs += one === other ? 1 : 0;
        truePairs += first === second ? 1 : 0;
        rightPairs += one === other && first === second ? 1 : 0;
      }
    }
    expect(accuracyOf(cluster, client, (place) => rows[place]?.[2] === true)).toMatchObject({
      foundPairs,
      truePairs,
      rightPairs,
    });
  });
});
