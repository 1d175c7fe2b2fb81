import { fc, test as property } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { editDistance } from './edit-distance.ts';

/** The distance by its definition, over all cells of the table. */
function byDefinition(one: string, other: string): number {
  const cells = Array.from({ length: one.length + 1 }, (_, row) =>
    Array.from({ length: other.length + 1 }, (_row, column) => (row === 0 ? column : column === 0 ? row : 0)),
  );
  const at = (row: number, column: number): number => cells[row]?.[column] ?? Infinity;
  for (let row = 1; row <= one.length; row += 1) {
    for (let column = 1; column <= other.length; column += 1) {
      const isSwapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      const least = Math.min(
        at(row - 1, column) + 1,
        at(row, column - 1) + 1,
        at(row - 1, column - 1) + (one[row - 1] === other[column - 1] ? 0 : 1),
        isSwapped ? at(row - 2, column - 2) + 1 : Infinity,
      );
      cells[row]?.splice(column, 1, least);
    }
  }
  return at(one.length, other.length);
}

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'ñ', '1', 'A'), maxLength: 9 });
/** A word and what a few slips of the hand make of it. */
const slipped = fc
  .tuple(word, fc.array(fc.tuple(fc.nat(), fc.nat({ max: 2 })), { maxLength: 4 }))
  .map(([written, slips]) => [written, slips.reduce((text, [at, kind]) => slip(text, at % (text.length + 1), kind), written)]);

function slip(text: string, at: number, kind: number): string {
  if (kind === 0) return text.slice(0, at) + text.slice(at + 1);
  if (kind === 1) return `${text.slice(0, at)}b${text.slice(at)}`;
  return text.slice(0, at) + text.slice(at + 1, at + 2) + text.slice(at, at + 1) + text.slice(at + 2);
}

property.prop([fc.oneof(fc.tuple(word, word), slipped), fc.integer({ min: 1, max: 3 })], { numRuns: 5_000 })(
  'the distance is that of its definition, or one more than asked for',
  ([one = '', other = ''], most) => {
    expect(editDistance(one, other, most)).toBe(Math.min(byDefinition(one, other), most + 1));
  },
);

test('what two long texts begin and end with is no slip', () => {
  expect(editDistance(`${'a'.repeat(40)}xy${'b'.repeat(18)}`, `${'a'.repeat(40)}yx${'b'.repeat(18)}`, 3)).toBe(1);
});
