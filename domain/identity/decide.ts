import type { Evidence } from './evidence.ts';

/** Same: one client. Review: a person decides. Different: apart. */
export type Outcome = 'same' | 'review' | 'different';

export interface Verdict {
  readonly outcome: Outcome;
  /** Code of the rule that decided. */
  readonly rule: string;
  /** 1..100; the stronger is joined first. */
  readonly strength: number;
}

const verdict = (outcome: Outcome, rule: string, strength = 0): Verdict => ({ outcome, rule, strength });

/** Whether two records can never be one client, whatever else agrees. */
export const contradicts = ({ taxId, birth, name }: Evidence): boolean =>
  taxId === 'conflict' || birth === 'conflict' || name === 'conflict';

/**
 * What the evidence says of two people. One shareable identifier alone never merges; conflicting or scarce evidence goes to a person
 * (rule 1). The rules are tried in order.
 */
export function decidePeople(evidence: Evidence): Verdict {
  const { name, birth, taxId, email, phone, place, localPart } = evidence;
  const named = name === 'equal' || name === 'close';
  const birthAgrees = birth === 'equal' || birth === 'swapped';
  if (taxId === 'conflict') return verdict('different', 'tax-ids-differ');
  if (taxId === 'equal') {
    if (birth === 'conflict' || name === 'conflict') return verdict('review', 'tax-id-with-conflict');
    return verdict('same', 'tax-id', 100);
  }
  if (birth === 'conflict') return verdict(email === 'own' && named ? 'review' : 'different', 'birth-dates-differ');
  if (name === 'conflict') return verdict(email === 'own' ? 'review' : 'different', 'names-differ');
  if (email === 'own') {
    if (named) return verdict('same', 'email-and-name', birthAgrees || phone !== 'none' ? 95 : 90);
    if (localPart) return verdict('same', 'email-made-of-name', 85);
    return verdict(phone === 'own' ? 'same' : 'review', 'email-without-name', 80);
  }
  if (named && birthAgrees && (name === 'equal' || phone !== 'none' || place === 'equal'))
    return verdict('same', 'name-and-birth-date', 75);
  if (phone === 'own' && name === 'equal') return verdict('review', 'phone-and-name');
  if (phone === 'own' && named) return verdict('review', 'phone-and-close-name');
  if (email === 'shared' && named) return verdict('review', 'shared-email-and-name');
  return verdict('different', 'not-enough');
}

/** What the evidence says of two companies. The name alone never merges. */
export function decideCompanies(evidence: Evidence): Verdict {
  const { name, taxId, email, phone, place, domain } = evidence;
  if (taxId === 'conflict') return verdict('different', 'tax-ids-differ');
  if (taxId === 'equal') return name === 'conflict' ? verdict('review', 'tax-id-with-conflict') : verdict('same', 'tax-id', 100);
  if (name !== 'equal') return verdict('different', 'names-differ');
  if (domain === 'equal' || email !== 'none' || phone !== 'none') return verdict('same', 'company-name-and-contact', 80);
  return verdict(place === 'equal' ? 'same' : 'review', 'company-name-and-place', 70);
}
