import type { Evidence } from './evidence.ts';

type Weighed = 'given' | 'family' | 'birth' | 'taxId' | 'email' | 'phone' | 'postcode' | 'city' | 'street';

/** Match weight in bits of each level of each field; a level that is left out says nothing. */
type Weights = { readonly [Field in Weighed]: Partial<Readonly<Record<Evidence[Field], number>>> };

/**
 * Shipped weights: log2 of how much likelier a level is among records of one person than among records of two, set by hand from what the
 * fields mean, and corrected after looking at the errors on one invented set (docs/how-matching-decides.md).
 * @see I. Fellegi, A. Sunter, A theory for record linkage, 1969
 */
const shipped: Weights = {
  given: { equal: 5, part: 4, nickname: 4, typo: 3.5, initial: 2, differ: -6 },
  family: { equal: 6, part: 5, nickname: 4, typo: 4.5, initial: 1, differ: -6 },
  birth: { equal: 13, swapped: 9, slip: 8, year: -2, conflict: -10 },
  taxId: { equal: 25, typed: 13, slip: 12, differ: -3, conflict: -40 },
  email: { own: 12, shared: 2, local: 9, slip: 9, differ: -1 },
  phone: { own: 9, shared: 2, slip: 5, differ: -1 },
  postcode: { equal: 6, slip: 3, differ: -1 },
  city: { equal: 3, slip: 2, differ: -1 },
  street: { equal: 5, slip: 4, differ: -1 },
};

/** A household shares telephone and address: together they say no more than this. */
const mostOfHousehold = 12;

const bits = <Field extends Weighed>(field: Field, evidence: Evidence): number => {
  const levels: Partial<Readonly<Record<string, number>>> = shipped[field];
  return levels[evidence[field]] ?? 0;
};

/** Total match weight of a pair in bits, from its levels alone, so that stored evidence re-computes to it. */
export function matchWeight(evidence: Evidence): number {
  const household = (['phone', 'postcode', 'city', 'street'] as const).reduce((sum, field) => sum + bits(field, evidence), 0);
  const own = (['given', 'family', 'birth', 'taxId', 'email'] as const).reduce((sum, field) => sum + bits(field, evidence), 0);
  return own + Math.min(mostOfHousehold, household);
}
