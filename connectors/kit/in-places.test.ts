import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inPlaces } from './in-places.ts';

const keyOf = (key: string): string => key;

test('every item comes once, whatever the size of a part, and a run goes on after any part', () => {
  const keys = fc.uniqueArray(fc.string(), { maxLength: 60 });
  fc.assert(
    fc.property(keys, fc.integer({ min: 1, max: 9 }), fc.nat(20), (all, size, broken) => {
      const stored: string[] = [];
      let through: string | undefined;
      for (const [index, part] of [...inPlaces(all, keyOf, size)].entries()) {
        if (index > broken) break;
        stored.push(...part.items);
        through = part.through;
      }
      const rest = through === undefined ? [] : [...inPlaces(all, keyOf, size, through)].flatMap(({ items }) => items);
      expect([...stored, ...rest].sort()).toEqual([...all].sort());
    }),
  );
});

test('one that goes while the run is broken off moves no other', () => {
  const all = Array.from({ length: 50 }, (_, index) => `item-${index}`);
  const [first] = inPlaces(all, keyOf, 10);
  const [gone = ''] = first?.items ?? [];
  const left = all.filter((one) => one !== gone);
  const rest = [...inPlaces(left, keyOf, 10, first?.through)].flatMap(({ items }) => items);
  expect(new Set([...(first?.items ?? []), ...rest])).toEqual(new Set(all));
});

test('nothing is one empty part', () => {
  expect([...inPlaces([], keyOf, 10)]).toEqual([{ items: [], through: undefined }]);
});
