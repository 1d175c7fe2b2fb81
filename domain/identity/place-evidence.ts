import { editDistance } from './edit-distance.ts';
import type { MatchRecord } from './match-record.ts';
import { isSlip, strongest } from './strongest.ts';

const meetingLevels = ['equal', 'slip', 'differ'] as const;
type Meeting = (typeof meetingLevels)[number];
/** Four digits are a whole postcode, and one slip in them is seen at once. */
const shortestPostcode = 4;
const postcodeLevel = (one: string, other: string): Meeting =>
  one === other ? 'equal' : isSlip(one, other, shortestPostcode) ? 'slip' : 'differ';
const cityLevel = (one: string, other: string): Meeting => (one === other ? 'equal' : isSlip(one, other) ? 'slip' : 'differ');

/** How the towns of two records agree; a postcode says more than a town's name. */
export function placeOf(one: MatchRecord, other: MatchRecord): 'missing' | 'postcode' | 'city' | 'slip' | 'differ' {
  const postcode = strongest(one.postcodes, other.postcodes, meetingLevels, postcodeLevel);
  if (postcode === 'equal') return 'postcode';
  if (postcode === 'slip') return 'slip';
  const city = strongest(one.cities, other.cities, meetingLevels, cityLevel);
  if (city === 'equal') return 'city';
  return city === 'missing' ? postcode : city;
}

const streetSlips = 3;
const streetLevels = ['equal', 'similar', 'differ'] as const;

function streetLevel(one: string, other: string): (typeof streetLevels)[number] {
  if (one === other) return 'equal';
  if (editDistance(one.replaceAll(' ', ''), other.replaceAll(' ', ''), streetSlips) <= streetSlips) return 'similar';
  const [words, others] = [one.split(' '), other.split(' ')];
  const common = words.filter((word) => others.includes(word));
  // a house number alone says nothing of the street
  if (common.some(isName) && common.length * 2 >= Math.max(words.length, others.length)) return 'similar';
  return isGlued(words, others) || isTypeWrong(words, others) ? 'similar' : 'differ';
}

const isName = (word: string): boolean => !/\d/.test(word);
const shortestName = 5;

/** "mckinleycircuit 2" and "mckinley 2": one street, whose type was written without a gap or with a slip. */
function isGlued(words: readonly string[], others: readonly string[]): boolean {
  const [one, other] = [words.filter(isName).join(''), others.filter(isName).join('')];
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  if (short.length < shortestName || !long.startsWith(short)) return false;
  return numberOf(words) === numberOf(others);
}

const numberOf = (words: readonly string[]): string | undefined => words.find((word) => !isName(word));
const shortestSlipped = 4;
const isWithinSlip = (one: string, other: string): boolean =>
  one === other || (Math.max(one.length, other.length) >= shortestSlipped && editDistance(one, other, 1) <= 1);

/** "bath 23" and "bat pace 23": one number and one name, a slip apart at most; the word that is more is a type that nobody can read. */
function isTypeWrong(words: readonly string[], others: readonly string[]): boolean {
  const number = numberOf(words);
  if (number === undefined || number !== numberOf(others)) return false;
  const [one, other] = [words.filter(isName), others.filter(isName)];
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  return (
    short.length > 0 && long.length === short.length + 1 && short.every((word, place) => isWithinSlip(word, long[place] ?? ''))
  );
}

/** How the streets of two records agree, the house number with them. */
export const streetOf = (one: readonly string[], other: readonly string[]): 'missing' | (typeof streetLevels)[number] =>
  strongest(one, other, streetLevels, streetLevel);
