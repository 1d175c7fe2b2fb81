import type { Evidence } from './evidence.ts';
import { matchWeight } from './weights.ts';

/** Same: one client. Review: a person decides. Different: apart. */
export type Outcome = 'same' | 'review' | 'different';

export interface Verdict {
  readonly outcome: Outcome;
  /** Code of the rule that decided. */
  readonly rule: string;
  /** The stronger is joined first: tenths of a bit of match weight, a valid tax id above all. */
  readonly strength: number;
}

const verdict = (outcome: Outcome, rule: string, strength = 0): Verdict => ({ outcome, rule, strength });

/** Whether two records can never be one client, whatever else agrees. Typos and short forms are no contradiction. */
export const contradicts = ({ taxId, birth, given, family, name }: Evidence): boolean =>
  taxId === 'conflict' ||
  birth === 'conflict' ||
  birth === 'year' ||
  given === 'differ' ||
  family === 'differ' ||
  (name === 'conflict' && given === 'missing' && family === 'missing');

const enoughToMerge = 21;
/** A birth date tells parents and children of one name apart: with it less is enough. */
const enoughWithBirthDate = 18;
const enoughToAsk = 19;

/** Whether something agrees that people of one household do not share: the day of birth, a number of one's own, a mailbox of one's own. */
function isPersonal({ birth, taxId, email, localPart }: Evidence): boolean {
  return (
    birth === 'equal' ||
    birth === 'swapped' ||
    birth === 'slip' ||
    taxId === 'typed' ||
    taxId === 'slip' ||
    email === 'own' ||
    email === 'local' ||
    localPart
  );
}

/** Whether both names are known well enough to tell the members of a household apart: not by an initial. */
const isNamed = ({ given, family }: Evidence): boolean =>
  given !== 'missing' && given !== 'initial' && family !== 'missing' && family !== 'initial';

/**
 * What the evidence says of two people: match weights, under hard rules. Only shareable identifiers never merge; conflicting or scarce
 * evidence goes to a person (rule 1).
 */
export function decidePeople(evidence: Evidence): Verdict {
  const { taxId, birth, name, localPart, email, phone } = evidence;
  if (taxId === 'conflict') return verdict('different', 'tax-ids-differ');
  const weight = matchWeight(evidence);
  const strength = Math.max(1, Math.round(weight * 10));
  if (contradicts(evidence)) {
    if (taxId === 'equal') return verdict('review', 'tax-id-with-conflict', strength);
    const rule = birth === 'conflict' || birth === 'year' ? 'birth-dates-differ' : 'names-differ';
    return verdict(weight >= enoughToAsk && isPersonal(evidence) ? 'review' : 'different', rule, strength);
  }
  if (taxId === 'equal') return verdict('same', 'tax-id', 1_000 + strength);
  if (name === 'missing' && email === 'own' && (localPart || phone === 'own'))
    return verdict('same', localPart ? 'email-made-of-name' : 'email-and-phone', strength);
  const isBorn = birth === 'equal' || birth === 'swapped' || birth === 'slip';
  if (isBorn && evidence.given !== 'missing' && evidence.family !== 'missing' && weight >= enoughWithBirthDate)
    return verdict('same', 'weight', strength);
  if (weight >= enoughToMerge && isPersonal(evidence) && isNamed(evidence)) return verdict('same', 'weight', strength);
  return weight >= enoughToAsk ? verdict('review', 'weight-in-doubt', strength) : verdict('different', 'not-enough', strength);
}

/** What the evidence says of two companies. The name alone never merges. */
export function decideCompanies(evidence: Evidence): Verdict {
  const { name, taxId, email, phone, domain } = evidence;
  if (taxId === 'conflict') return verdict('different', 'tax-ids-differ');
  if (taxId === 'equal') return name === 'conflict' ? verdict('review', 'tax-id-with-conflict') : verdict('same', 'tax-id', 100);
  if (name !== 'equal') return verdict('different', 'names-differ');
  if (domain === 'equal' || email !== 'none' || phone !== 'none') return verdict('same', 'company-name-and-contact', 80);
  return verdict(evidence.postcode === 'equal' || evidence.city === 'equal' ? 'same' : 'review', 'company-name-and-place', 70);
}
