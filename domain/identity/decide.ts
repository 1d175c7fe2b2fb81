import type { Evidence } from './evidence.ts';

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

/** Odds of 11 to 1 that all other evidence of the pair says one person. */
const enoughToMerge = 3.5;
/** With half of the name and a place in common, and no more. */
const enoughOfHalfName = 4.5;
const enoughToAsk = 0.8;
/** So much must all the rest say before a name that differs is a slip of somebody's, a marriage, or a wrong field. */
const outvotesName = 4;
/** Within clusters other records speak too: there the doubt must be clear. */
const outvotesNameInCluster = -2;
/** A tax id in common outvotes a wrong name or date, unless it is valid and they contradict: then a person decides. */
const hasTaxId = ({ taxId }: Evidence): boolean =>
  taxId === 'equal' || taxId === 'typed' || taxId === 'slip' || taxId === 'slips';

/**
 * Whether two people's records say of each other that they are two, whatever else agrees. Typos and short forms are no contradiction.
 * @param weight match weight of the pair @param isAlone whether nothing but these two records is known
 */
export function contradicts(evidence: Evidence, weight: number, isAlone = true): boolean {
  const { taxId, birth, given, family } = evidence;
  if (taxId === 'conflict') return true;
  if (hasTaxId(evidence)) return false;
  if (birth === 'differ' || birth === 'year') return true;
  return (given === 'differ' || family === 'differ') && weight < (isAlone ? outvotesName : outvotesNameInCluster);
}

const isKnown = (level: Evidence['given']): boolean => level !== 'missing' && level !== 'initial';
const isAtOnePlace = ({ place, street }: Evidence): boolean =>
  place === 'postcode' || place === 'city' || street === 'equal' || street === 'similar';

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
  if (phone === 'own' && email !== 'differ' && given !== 'initial' && isAtOnePlace(evidence)) return true;
  const isNamed = isKnown(given) && isKnown(family);
  return weight >= (isNamed ? enoughToMerge : enoughOfHalfName) && isAtOnePlace(evidence) && (isKnown(given) || isKnown(family));
}

/** Whether anything but the name agrees: of a name alone nobody can say whose it is, and a person is not asked. */
const saysMore = ({ birth, taxId, email, phone, place, street }: Evidence): boolean =>
  [birth, taxId, email, phone, place, street].some((level) => level !== 'missing' && level !== 'differ' && level !== 'year');

const verdict = (outcome: Outcome, rule: string, { birth, taxId }: Evidence, weight: number): Verdict => ({
  outcome,
  rule,
  weight,
  isCircumstantial: birth === 'missing' && taxId === 'missing',
});

/**
 * What the evidence says of two people: the match weight, under hard rules. Only shareable identifiers never merge; conflicting or scarce
 * evidence goes to a person (rule 1).
 */
export function decidePeople(evidence: Evidence, weight: number): Verdict {
  const { taxId, birth, given, family, email, phone } = evidence;
  if (taxId === 'conflict') return verdict('different', 'tax-ids-differ', evidence, weight);
  if (taxId === 'equal') {
    const isContradicted = birth === 'differ' || birth === 'year' || given === 'differ' || family === 'differ';
    return verdict(isContradicted ? 'review' : 'same', isContradicted ? 'tax-id-with-conflict' : 'tax-id', evidence, weight);
  }
  if (contradicts(evidence, weight)) {
    const rule = birth === 'differ' || birth === 'year' ? 'birth-dates-differ' : 'names-differ';
    return verdict(weight >= enoughToAsk ? 'review' : 'different', rule, evidence, weight);
  }
  if (given === 'missing' && family === 'missing' && (email === 'ownMade' || (email === 'own' && phone === 'own')))
    return verdict('same', email === 'ownMade' ? 'email-made-of-name' : 'email-and-phone', evidence, weight);
  if (weight >= enoughToMerge && isEnough(evidence, weight)) return verdict('same', 'weight', evidence, weight);
  const isAsked = weight >= enoughToAsk && saysMore(evidence);
  return isAsked ? verdict('review', 'weight-in-doubt', evidence, weight) : verdict('different', 'not-enough', evidence, weight);
}
