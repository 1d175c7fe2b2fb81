import { describe, expect, test } from 'vitest';
import { anyTwo } from './any-two.ts';
import { type Matchable, type MatchRecord, matchRecord } from './match-record.ts';
import { learnFrom, resolve } from './resolve.ts';

const mixed = (number: number): number => {
  const once = Math.imul(number ^ (number >>> 15), 2_246_822_507);
  return (Math.imul(once ^ (once >>> 13), 3_266_489_909) ^ (once >>> 16)) >>> 0;
};
/** A made-up word that hardly another number has. */
const word = (number: number): string =>
  Array.from({ length: 7 }, (_, place) => String.fromCharCode(97 + (mixed(number * 7 + place + 1) % 26))).join('');
const day = (number: number): string =>
  `19${10 + (number % 80)}-${String(1 + (number % 12)).padStart(2, '0')}-${String(1 + (number % 28)).padStart(2, '0')}`;

/** So many people with two records each, whose ids no check digits confirm; in one of twenty stands a wrong date, in another a wrong id. */
function people(count: number): MatchRecord[] {
  return Array.from({ length: count }, (_, number) => {
    const fields: Matchable = {
      givenName: word(number * 3 + 1),
      familyName: word(number * 5 + 2),
      country: 'AU',
      taxId: String(3_000_000 + number * 137),
      addresses: [
        {
          street: `${1 + (number % 90)} ${word(number * 7 + 3)} street`,
          postcode: String(2_000 + (mixed(number) % 900)),
          city: word(mixed(number + 9) % 300),
        },
      ],
    };
    const second = number % 20 === 0 ? day(number * 7 + 5) : day(number);
    const taxId = number % 20 === 10 ? String(9_876_543 - number * 91) : fields.taxId;
    return [
      matchRecord(`a:person:${String(number).padStart(5, '0')}`, 'person', { ...fields, birthDate: day(number) }),
      matchRecord(`b:person:${String(number).padStart(5, '0')}`, 'person', {
        ...fields,
        birthDate: second,
        ...(taxId === undefined ? {} : { taxId }),
      }),
    ];
  }).flat();
}

const ruth = {
  fullName: 'Ruth Quennell',
  country: 'AU',
  addresses: [{ street: '8 Lethbridge street', postcode: '2767', city: 'winston' }],
};
const twoOfOneName = [
  matchRecord('a:person:x', 'person', { ...ruth, birthDate: '1923-04-04', taxId: '3946937' }),
  matchRecord('b:person:x', 'person', { ...ruth, birthDate: '1972-08-28', taxId: '2108881' }),
];
const areOne = (records: readonly MatchRecord[]): boolean =>
  resolve(records, [], { model: 'learn' }).clusters.some(
    (members) => members.includes('a:person:x') && members.includes('b:person:x'),
  );

describe('one name and address, birth dates decades apart', () => {
  test('are two people as far as few records tell', () => {
    expect(areOne([...people(200), ...twoOfOneName])).toBe(false);
  });
  test('are two people by the shipped shares, whatever else is at hand', () => {
    const { clusters } = resolve([...people(200), ...twoOfOneName]);
    expect(clusters.some((members) => members.includes('a:person:x') && members.includes('b:person:x'))).toBe(false);
  });
  test('are one with a wrong date where thousands of pairs show that no two people share an address', () => {
    expect(areOne([...people(3_500), ...twoOfOneName])).toBe(true);
  });
});

test('the model is the same whatever the order of the records', () => {
  const records = people(600);
  expect(learnFrom(records.toReversed())).toEqual(learnFrom(records));
});

test('any two are drawn evenly: as many pairs as asked for, hardly any of one person', () => {
  const drawn = anyTwo(people(600), () => false);
  expect([...drawn.values()].reduce((sum, count) => sum + count, 0)).toBe(12_000);
  expect(anyTwo(people(100), () => false).size).toBe(0);
});
