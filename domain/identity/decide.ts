import type { Evidence } from './evidence.ts';
import { type MatchModel, shippedModel } from './match-model.ts';

/** Same: one client. Review: a person decides. Different: apart. */
export type Outcome = 'same' | 'review' | 'different';

export interface Verdict {
  readonly outcome: Outcome;
  /** Code of the rule that decided. */
  readonly rule: string;
  /** Match weight in bits; the stronger is joined first. */
  readonly weight: number;
  /** Nothing that one person alone has agrees: where another client would fit as well, a person decides. */
  readonly isCircumstantial: boolean;
}

/** Odds of 32 to 1 that all evidence of the pair says one person. */
const enoughToMerge = 5;
/** Odds of 8 to 1: a person's time goes to questions that are worth it. */
const enoughToAsk = 3;
/** So much must all the rest say before a name that differs is a slip of somebody's, a marriage, or a wrong field. */
const outvotes = 4;
/** Within clusters other records speak too: there, with shares learnt from many pairs, the doubt must be clear. */
const outvotesNameInCluster = -2;
/** A tax id in common outvotes a wrong name or date, unless it is valid and they contradict: then a person decides. */
const hasTaxId = ({ taxId }: Evidence): boolean =>
  taxId === 'equal' || taxId === 'typed' || taxId === 'slip' || taxId === 'slips';

/** Whether two people's birth dates are those of two people; one digit apart over ten years or more, they can be parent and child. */
export const datesDiffer = ({ birth }: Evidence): boolean => birth === 'differ' || birth === 'year' || birth === 'decade';

/**
 * Born on one day into one family, with two given names and one telephone or mailbox: twins, who share their home and what their mother
 * gave for both. No weight tells them apart.
 */
function areLikeTwins({ given, family, birth, email, phone }: Evidence): boolean {
  const isOneFamily = family === 'equal' || family === 'variant' || family === 'typo';
  if (given !== 'differ' || birth !== 'equal' || !isOneFamily) return false;
  return phone === 'own' || phone === 'shared' || email === 'own' || email === 'shared';
}

/** What all other evidence may outvote; see `MatchModel`. */
export type Outvotes = Pick<MatchModel, 'outvotesDates' | 'outvotesTaxIds'>;

/** In which light a pair is seen. */
interface Light {
  /** Nothing but these two records is known, or nothing of the data; else other records of their clusters speak too. */
  readonly isAlone: boolean;
  readonly may: Outvotes;
}

/**
 * Whether two people's records say of each other that they are two, whatever else agrees. Typos and short forms are no contradiction.
 * @param weight match weight of the pair
 */
export function contradicts(
  evidence: Evidence,
  weight: number,
  { isAlone, may: { outvotesDates, outvotesTaxIds } }: Light,
): boolean {
  const { taxId, given, family } = evidence;
  if (taxId === 'conflict') return true;
  if (hasTaxId(evidence)) return false;
  if (taxId === 'differ' && !outvotesTaxIds) return true; // nobody mistypes three digits of one
  if (datesDiffer(evidence) && !(outvotesDates && weight >= outvotes)) return true;
  if (areLikeTwins(evidence)) return true;
  return (given === 'differ' || family === 'differ') && weight < (isAlone ? outvotes : outvotesNameInCluster);
}

/** The rule that a contradiction is told by: the date before the names, those before the tax ids. */
function contradictionOf(evidence: Evidence): string {
  if (datesDiffer(evidence)) return 'birth-dates-differ';
  return evidence.taxId === 'differ' && evidence.given !== 'differ' && evidence.family !== 'differ'
    ? 'tax-ids-far-apart'
    : 'names-differ';
}

const isKnown = (level: Evidence['given']): boolean => level !== 'missing' && level !== 'initial';
const isInOneStreet = ({ street }: Evidence): boolean => street === 'equal' || street === 'similar';

/** Odds of 128 to 1: half of a name that is so rare in a town tells who it is. */
const enoughOfHalfName = 7;

/** Whether a place tells who it is: half of a name needs more than a town, or must be rare. */
function isAtOnePlace(evidence: Evidence, weight: number): boolean {
  const { place, given, family } = evidence;
  if (place === 'postcode' || place === 'slip' || isInOneStreet(evidence)) return true;
  return place === 'city' && ((isKnown(given) && isKnown(family)) || weight >= enoughOfHalfName);
}

/**
 * Whether something agrees that tells the members of a household apart, or enough of what they share that a stranger cannot have it. One
 * shareable identifier alone is never enough (rule 1).
 */
function isEnough(evidence: Evidence, weight: number): boolean {
  const { birth, email, phone, place, given, family } = evidence;
  if (hasTaxId(evidence) || birth !== 'missing') return true;
  if (email === 'own' || email === 'ownMade' || email === 'local') {
    // one mailbox, another telephone and another town: two of a family who share it, as often as one who moved
    if (phone === 'differ' && place === 'differ') return false;
    return given !== 'initial' || phone === 'own' || place === 'postcode';
  }
  return (isKnown(given) || isKnown(family)) && isAtOnePlace(evidence, weight);
}

/** Whether anything but the name agrees: of a name alone nobody can say whose it is, and a person is not asked. */
const saysMore = (evidence: Evidence): boolean => {
  const { birth, taxId, email, phone, place, street } = evidence;
  if (birth !== 'missing' && !datesDiffer(evidence)) return true;
  return [taxId, email, phone, place, street].some((level) => level !== 'missing' && level !== 'differ');
};

const verdict = (outcome: Outcome, rule: string, { birth, given, taxId }: Evidence, weight: number): Verdict => ({
  outcome,
  rule,
  weight,
  // twins share the birth date; only the given name tells them apart
  isCircumstantial: taxId === 'missing' && (birth === 'missing' || !isKnown(given)),
});

/**
 * What the evidence says of two people: the match weight, under hard rules. Only shareable identifiers never merge; conflicting or scarce
 * evidence goes to a person (rule 1).
 * @param may what the rest may outvote
 */
export function decidePeople(evidence: Evidence, weight: number, may: Outvotes = shippedModel): Verdict {
  const { taxId, given, family, email, phone } = evidence;
  if (taxId === 'conflict') return verdict('different', 'tax-ids-differ', evidence, weight);
  if (taxId === 'equal') {
    const isContradicted = datesDiffer(evidence) || given === 'differ' || family === 'differ';
    return verdict(isContradicted ? 'review' : 'same', isContradicted ? 'tax-id-with-conflict' : 'tax-id', evidence, weight);
  }
  if (contradicts(evidence, weight, { isAlone: true, may })) {
    return verdict(weight >= enoughToAsk ? 'review' : 'different', contradictionOf(evidence), evidence, weight);
  }
  if (given === 'missing' && family === 'missing' && (email === 'ownMade' || (email === 'own' && phone === 'own')))
    return verdict('same', email === 'ownMade' ? 'email-made-of-name' : 'email-and-phone', evidence, weight);
  if (weight >= enoughToMerge && isEnough(evidence, weight)) return verdict('same', 'weight', evidence, weight);
  const isAsked = weight >= enoughToAsk && saysMore(evidence);
  return isAsked ? verdict('review', 'weight-in-doubt', evidence, weight) : verdict('different', 'not-enough', evidence, weight);
}
