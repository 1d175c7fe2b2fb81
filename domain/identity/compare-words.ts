import { maybeSameGivenName } from '../record/normalise/nickname.ts';
import type { NormalisedName } from '../record/normalise/person-name.ts';
import { editDistance } from './edit-distance.ts';

/**
 * How one part of two names agrees, from the least to the most. `similar`: two or three slips, or one word of several; `variant`: a pet
 * form, a first part of it, or words left out; `missing`: one of the two is not known.
 */
export type WordAgreement = 'missing' | 'differ' | 'initial' | 'similar' | 'typo' | 'variant' | 'equal';

const ranks: Readonly<Record<WordAgreement, number>> = {
  missing: 0,
  differ: 1,
  initial: 2,
  similar: 3,
  typo: 4,
  variant: 5,
  equal: 6,
};

/** Given and family names that agree, each with its part of the other name, or crossed where that agrees more. */
export interface NameParts {
  readonly given: WordAgreement;
  readonly family: WordAgreement;
}

function wordAgreement(one: string, other: string, areGiven: boolean): WordAgreement {
  if (one === other) return 'equal';
  if (areGiven && maybeSameGivenName(one, other)) return 'variant';
  const shorter = Math.min(one.length, other.length);
  const longer = Math.max(one.length, other.length);
  if (shorter === 1) return one[0] === other[0] ? 'initial' : 'differ';
  if (areGiven && longer > shorter && (one.startsWith(other) || other.startsWith(one))) return 'variant';
  if (shorter < 3) return 'differ';
  // Ana and Eva are two women, Fernandez and Hernandes one hurried clerk: the longer the word, the more slips it may hold
  const slips = editDistance(one, other, 3);
  if (slips === 1) return longer >= 4 ? 'typo' : 'similar';
  if (slips === 2) return shorter >= 7 ? 'typo' : shorter >= 4 ? 'similar' : 'differ';
  return slips === 3 && shorter >= 7 ? 'similar' : 'differ';
}

/** De Luca and Deluca, Ana Maria and Anamaria: the same letters with other gaps. */
function joined(one: readonly string[], other: readonly string[]): WordAgreement {
  const [first, second] = [one.join(''), other.join('')];
  const slips = editDistance(first, second, 2);
  if (slips === 0) return 'equal';
  if (slips === 1) return 'typo';
  return slips === 2 && first.length >= 7 ? 'similar' : 'differ';
}

/** The place of the free word that agrees most, and how it agrees. */
function bestOf(word: string, free: readonly string[], areGiven: boolean): readonly [place: number, level: WordAgreement] {
  let place = 0;
  let level: WordAgreement = 'differ';
  for (const [at, candidate] of free.entries()) {
    const found = wordAgreement(word, candidate, areGiven);
    if (ranks[found] > ranks[level]) [place, level] = [at, found];
  }
  return [place, level];
}

/** How two lists of words agree: the worst that the shorter one's words find, each in a word of its own. */
function wordsAgreement(one: readonly string[], other: readonly string[], areGiven: boolean): WordAgreement {
  if (one.length === 0 || other.length === 0) return 'missing';
  if (one.length === 1 && other.length === 1) return wordAgreement(one[0] ?? '', other[0] ?? '', areGiven);
  const [shorter, longer] = one.length <= other.length ? [one, other] : [other, one];
  const free = [...longer];
  let worst: WordAgreement = 'equal';
  for (const word of shorter) {
    const [place, level] = bestOf(word, free, areGiven);
    free.splice(place, 1);
    if (ranks[level] < ranks[worst]) worst = level;
  }
  if (worst === 'differ' || worst === 'initial') {
    const asOne = joined(one, other);
    if (asOne !== 'differ') return asOne;
    if (worst === 'differ' && shorter.some((word) => word.length > 2 && longer.includes(word))) return 'similar';
  }
  return worst === 'equal' && longer.length > shorter.length ? 'variant' : worst;
}

const least = ({ given, family }: NameParts): number => Math.min(ranks[given], ranks[family]);
const sum = ({ given, family }: NameParts): number => ranks[given] + ranks[family];

/** Whether names in each other's field agree clearly, and more than as they are written. */
function isCrossed(crossed: NameParts, straight: NameParts): boolean {
  if (least(crossed) * 10 + sum(crossed) <= least(straight) * 10 + sum(straight)) return false;
  if (least(crossed) >= ranks.similar) return true;
  const isOneMissing = least(crossed) === ranks.missing;
  return isOneMissing && sum(crossed) >= ranks.typo && Math.max(ranks[straight.given], ranks[straight.family]) < ranks.similar;
}

/** How two people's names agree, part by part; the same words in any order are equal. */
export function compareNames(one: NormalisedName | undefined, other: NormalisedName | undefined): NameParts {
  if (one === undefined || other === undefined) return { given: 'missing', family: 'missing' };
  // Jr and Sr of one name are two people
  const isOtherGeneration = one.generation !== undefined && other.generation !== undefined && one.generation !== other.generation;
  if (isOtherGeneration) return { given: 'differ', family: wordsAgreement(one.family, other.family, false) };
  // both names in one field of one record: the same words are the same name
  if (one.sorted === other.sorted && one.sorted.includes(' ')) return { given: 'equal', family: 'equal' };
  const straight = {
    given: wordsAgreement(one.given, other.given, true),
    family: wordsAgreement(one.family, other.family, false),
  };
  if (straight.given === 'equal' && straight.family === 'equal') return straight;
  const crossed = { given: wordsAgreement(one.given, other.family, true), family: wordsAgreement(one.family, other.given, true) };
  return isCrossed(crossed, straight) ? crossed : straight;
}
