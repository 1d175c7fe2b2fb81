import type { MatchRecord } from './match-record.ts';
import { localPartAgrees, type NameAgreement, nameAgreement } from './name-agreement.ts';

/** What two records say of each other, field by field; no values. */
export interface Evidence {
  readonly name: NameAgreement;
  readonly birth: 'equal' | 'swapped' | 'conflict' | 'missing';
  readonly taxId: 'equal' | 'conflict' | 'missing';
  readonly email: 'own' | 'shared' | 'none';
  readonly phone: 'own' | 'shared' | 'none';
  readonly place: 'equal' | 'none';
  readonly domain: 'equal' | 'none';
  /** One of the two has no name, and its address is made of the other's. */
  readonly localPart: boolean;
}

/** Whether an identifier belongs to several people of the records at hand, or to a role. */
export type IsShared = (kind: 'email' | 'phone', value: string) => boolean;

function birthOf(one: string | undefined, other: string | undefined): Evidence['birth'] {
  if (one === undefined || other === undefined) return 'missing';
  if (one === other) return 'equal';
  const [year, month, day] = one.split('-');
  return other === `${year}-${day}-${month}` ? 'swapped' : 'conflict';
}

function taxIdOf(one: MatchRecord['taxId'], other: MatchRecord['taxId']): Evidence['taxId'] {
  if (!one?.valid || !other?.valid) return 'missing';
  if (one.value === other.value) return 'equal';
  // ids of different kinds (NIF and NIE, say) can belong to one person; two of one kind cannot
  return one.kind === other.kind ? 'conflict' : 'missing';
}

function inCommon(
  kind: 'email' | 'phone',
  one: readonly string[],
  other: readonly string[],
  isShared: IsShared,
): 'own' | 'shared' | 'none' {
  const common = one.filter((value) => other.includes(value));
  if (common.length === 0) return 'none';
  return common.some((value) => !isShared(kind, value)) ? 'own' : 'shared';
}

/** Compares two records of one kind. */
export function evidenceOf(one: MatchRecord, other: MatchRecord, isShared: IsShared): Evidence {
  const comparisons = (record: MatchRecord) => record.emails.map(({ comparison }) => comparison);
  const named = one.name === undefined ? [other, one] : [one, other];
  const [withName, without] = named;
  const name =
    one.kind === 'company' ? companyAgreement(one.companyName, other.companyName) : nameAgreement(one.name, other.name);
  return {
    name,
    birth: birthOf(one.birthDate, other.birthDate),
    taxId: taxIdOf(one.taxId, other.taxId),
    email: inCommon('email', comparisons(one), comparisons(other), isShared),
    phone: inCommon('phone', one.phones, other.phones, isShared),
    place: one.places.some((place) => other.places.includes(place)) ? 'equal' : 'none',
    domain: one.domains.some((domain) => other.domains.includes(domain)) ? 'equal' : 'none',
    localPart:
      name === 'missing' &&
      withName?.name !== undefined &&
      (without?.emails ?? []).some(
        ({ local, isRole }) => !isRole && withName.name !== undefined && localPartAgrees(local, withName.name),
      ),
  };
}

const companyAgreement = (one: string | undefined, other: string | undefined): NameAgreement => {
  if (one === undefined || other === undefined) return 'missing';
  return one === other ? 'equal' : 'conflict';
};
