import type { Verdict } from './decide.ts';
import { type Evidence, emailOf, type IsShared, phoneOf, taxIdOf } from './evidence.ts';
import { placeOf } from './place-evidence.ts';
import type { MatchRecord } from './match-record.ts';

/** What two companies' records say of each other; levels only, no values. */
export interface CompanyEvidence extends Pick<Evidence, 'taxId' | 'email' | 'phone' | 'place'> {
  readonly name: 'equal' | 'differ' | 'missing';
  readonly domain: 'equal' | 'none';
}

/** Compares the records of two companies. */
export function companyEvidenceOf(one: MatchRecord, other: MatchRecord, isShared: IsShared): CompanyEvidence {
  const isNamed = one.companyName !== undefined && other.companyName !== undefined;
  return {
    name: !isNamed ? 'missing' : one.companyName === other.companyName ? 'equal' : 'differ',
    taxId: taxIdOf(one.taxId, other.taxId),
    email: emailOf(one, other, isShared),
    phone: phoneOf(one, other, isShared),
    place: placeOf(one, other),
    domain: one.domains.some((domain) => other.domains.includes(domain)) ? 'equal' : 'none',
  };
}

/** Whether two companies can never be one client. */
export const companiesContradict = ({ name, taxId }: CompanyEvidence): boolean => taxId === 'conflict' || name === 'differ';

const verdict = (outcome: Verdict['outcome'], rule: string, weight = 0): Verdict => ({
  outcome,
  rule,
  weight,
  isCircumstantial: false,
});

/** What the evidence says of two companies. The name alone never merges; the weight only orders the joins. */
export function decideCompanies({ name, taxId, email, phone, place, domain }: CompanyEvidence): Verdict {
  if (taxId === 'conflict') return verdict('different', 'tax-ids-differ');
  if (taxId === 'equal') return name === 'differ' ? verdict('review', 'tax-id-with-conflict', 5) : verdict('same', 'tax-id', 100);
  if (name !== 'equal') return verdict('different', 'names-differ');
  const isInContact = [email, phone].some((level) => level !== 'missing' && level !== 'differ' && level !== 'slip');
  if (taxId === 'typed' || domain === 'equal' || isInContact) return verdict('same', 'company-name-and-contact', 20);
  return place === 'postcode' || place === 'city'
    ? verdict('same', 'company-name-and-place', 15)
    : verdict('review', 'company-name-and-place', 5);
}
