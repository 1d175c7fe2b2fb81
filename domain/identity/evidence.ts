import { swappedDate } from '../record/normalise/date.ts';
import { isOneSlip, type WordAgreement, wordsAgreement } from './compare-words.ts';
import type { MatchRecord } from './match-record.ts';
import { localPartAgrees, type NameAgreement, nameAgreement } from './name-agreement.ts';

/** What two records say of each other, field by field; levels only, no values. */
export interface Evidence {
  /** The whole name, whichever way round it is written. */
  readonly name: NameAgreement;
  readonly given: WordAgreement;
  readonly family: WordAgreement;
  /** Given and family name stand in each other's field. */
  readonly crossed: boolean;
  /** `slip`: one digit, or two neighbours swapped. `year`: the same year only. */
  readonly birth: 'equal' | 'swapped' | 'slip' | 'year' | 'conflict' | 'missing';
  /** `typed`: equal, but its check digits are wrong or not known. `slip`: one character apart, and not both valid. */
  readonly taxId: 'equal' | 'typed' | 'slip' | 'differ' | 'conflict' | 'missing';
  /** `local`: one name before the @, two domains. `slip`: one character apart. `differ`: each has one, and they are not alike. */
  readonly email: 'own' | 'shared' | 'local' | 'slip' | 'differ' | 'none';
  readonly phone: 'own' | 'shared' | 'slip' | 'differ' | 'none';
  readonly postcode: 'equal' | 'slip' | 'differ' | 'none';
  readonly city: 'equal' | 'slip' | 'differ' | 'none';
  readonly street: 'equal' | 'slip' | 'differ' | 'none';
  readonly domain: 'equal' | 'none';
  /** One of the two has no name, and its address is made of the other's. */
  readonly localPart: boolean;
}

/** Whether an identifier belongs to several people of the records at hand, or to a role. */
export type IsShared = (kind: 'email' | 'phone', value: string) => boolean;

/** One digit of the year parts parent and child too: so far apart it is no slip. */
const yearsOfGeneration = 10;

function birthOf(one: string | undefined, other: string | undefined): Evidence['birth'] {
  if (one === undefined || other === undefined) return 'missing';
  if (one === other) return 'equal';
  if (swappedDate(one) === other || swappedDate(other) === one) return 'swapped';
  const isGeneration = Math.abs(Number(one.slice(0, 4)) - Number(other.slice(0, 4))) >= yearsOfGeneration;
  if (!isGeneration && isOneSlip(one.replaceAll('-', ''), other.replaceAll('-', ''))) return 'slip';
  return one.slice(0, 4) === other.slice(0, 4) ? 'year' : 'conflict';
}

function taxIdOf(one: MatchRecord['taxId'], other: MatchRecord['taxId']): Evidence['taxId'] {
  if (!one || !other) return 'missing';
  if (one.value === other.value) return one.valid && other.valid ? 'equal' : 'typed';
  // ids of different kinds (NIF and NIE, say) can belong to one person; two of one kind cannot
  if (one.valid && other.valid) return one.kind === other.kind ? 'conflict' : 'missing';
  return isOneSlip(one.value, other.value) ? 'slip' : 'differ';
}

interface Values {
  readonly one: readonly string[];
  readonly other: readonly string[];
}

const anySlip = ({ one, other }: Values): boolean =>
  one.some((value) => other.some((candidate) => value.length > 4 && isOneSlip(value, candidate)));

function inCommon(
  kind: 'email' | 'phone',
  { one, other }: Values,
  isShared: IsShared,
): 'own' | 'shared' | 'slip' | 'differ' | 'none' {
  if (one.length === 0 || other.length === 0) return 'none';
  const common = one.filter((value) => other.includes(value));
  if (common.length > 0) return common.some((value) => !isShared(kind, value)) ? 'own' : 'shared';
  return anySlip({ one, other }) ? 'slip' : 'differ';
}

function placeOf(one: readonly string[], other: readonly string[]): Evidence['city'] {
  if (one.length === 0 || other.length === 0) return 'none';
  if (one.some((place) => other.includes(place))) return 'equal';
  return anySlip({ one, other }) ? 'slip' : 'differ';
}

function emailOf(one: MatchRecord, other: MatchRecord, isShared: IsShared): Evidence['email'] {
  const comparisons = (record: MatchRecord) => record.emails.map(({ comparison }) => comparison);
  const found = inCommon('email', { one: comparisons(one), other: comparisons(other) }, isShared);
  const isLocal = one.emails.some(
    ({ local, isRole }) => !isRole && local.length > 5 && other.emails.some((email) => email.local === local),
  );
  return found === 'differ' || found === 'slip' ? (isLocal ? 'local' : found) : found;
}

const usefulness: readonly WordAgreement[] = ['differ', 'missing', 'initial', 'typo', 'nickname', 'part', 'equal'];
const worth = (level: WordAgreement): number => usefulness.indexOf(level);

interface Parts {
  readonly given: WordAgreement;
  readonly family: WordAgreement;
  readonly crossed: boolean;
}

/** Given and family name, straight or crossed, whichever agrees more. */
function partsOf(one: MatchRecord['name'], other: MatchRecord['name']): Parts {
  if (one === undefined || other === undefined) return { given: 'missing', family: 'missing', crossed: false };
  // both names in one field of one record: the same words are the same name
  if (one.sorted === other.sorted && one.sorted.includes(' ')) return { given: 'equal', family: 'equal', crossed: false };
  const straight = { given: wordsAgreement(one.given, other.given), family: wordsAgreement(one.family, other.family) };
  if (straight.given === 'equal' && straight.family === 'equal') return { ...straight, crossed: false };
  const crossed = { given: wordsAgreement(one.given, other.family), family: wordsAgreement(one.family, other.given) };
  const isCrossed =
    Math.min(worth(crossed.given), worth(crossed.family)) > 2 &&
    worth(crossed.given) + worth(crossed.family) > worth(straight.given) + worth(straight.family);
  return isCrossed ? { ...crossed, crossed: true } : { ...straight, crossed: false };
}

/** Compares two records of one kind. */
export function evidenceOf(one: MatchRecord, other: MatchRecord, isShared: IsShared): Evidence {
  const [withName, without] = one.name === undefined ? [other, one] : [one, other];
  const name =
    one.kind === 'company' ? companyAgreement(one.companyName, other.companyName) : nameAgreement(one.name, other.name);
  return {
    name,
    ...partsOf(one.name, other.name),
    birth: birthOf(one.birthDate, other.birthDate),
    taxId: taxIdOf(one.taxId, other.taxId),
    email: emailOf(one, other, isShared),
    phone: inCommon('phone', { one: one.phones, other: other.phones }, isShared),
    postcode: placeOf(one.postcodes, other.postcodes),
    city: placeOf(one.cities, other.cities),
    street: placeOf(one.streets, other.streets),
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
