import { swappedDate } from '../record/normalise/date.ts';
import { compareNames, type WordAgreement } from './compare-words.ts';
import { editDistance, isOneSlip } from './edit-distance.ts';
import { isMadeOfName } from './mailbox-name.ts';
import type { MatchRecord } from './match-record.ts';

/**
 * The levels at which each field of two people's records can agree. The first is `missing`: one of the two does not say, which speaks
 * neither for nor against.
 */
export const evidenceLevels = {
  given: ['missing', 'equal', 'variant', 'typo', 'similar', 'initial', 'differ'],
  family: ['missing', 'equal', 'variant', 'typo', 'similar', 'initial', 'differ'],
  /** `slip`, `slips`: one or two digits apart, in one generation. `yearOnly`: no more than the year is known. `year`: the same year, another day. */
  birth: ['missing', 'equal', 'swapped', 'slip', 'slips', 'yearOnly', 'year', 'differ'],
  /** `typed`: equal, but its check digits are wrong or not known. `conflict`: two valid ones of one kind. */
  taxId: ['missing', 'equal', 'typed', 'slip', 'slips', 'differ', 'conflict'],
  /** `ownMade`: one's own, and made of one's name. `local`: one name before the @, two domains. */
  email: ['missing', 'ownMade', 'own', 'shared', 'local', 'slip', 'differ'],
  phone: ['missing', 'own', 'shared', 'slip', 'differ'],
  /** The postcode, or the town where a postcode is not known or differs. */
  place: ['missing', 'postcode', 'city', 'slip', 'differ'],
  street: ['missing', 'equal', 'similar', 'differ'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

type Levels = typeof evidenceLevels;
export type EvidenceField = keyof Levels;
export const evidenceFields = Object.keys(evidenceLevels) as readonly EvidenceField[]; // its keys, in the order above

/** What two people's records say of each other, field by field; levels only, no values. */
export type Evidence = { readonly [Field in EvidenceField]: Levels[Field][number] };

/** Whether an identifier belongs to several people of the records at hand, or to a role. */
export type IsShared = (kind: 'email' | 'phone', value: string) => boolean;

/** One digit of the year parts parent and child too: so far apart it is no slip. */
const yearsOfGeneration = 10;
const calendarDate = /^\d{4}-\d{2}-\d{2}$/;
const yearOf = (date: string): number => Number(date.slice(0, 4));

/** Two dates of which the first of January may stand for "some day of that year". */
function yearsAgreement(one: string, other: string): Evidence['birth'] | undefined {
  const [isFirst, isSecond] = [one.endsWith('-01-01'), other.endsWith('-01-01')];
  if (!isFirst && !isSecond) return undefined;
  if (yearOf(one) === yearOf(other)) return 'yearOnly';
  if (!isFirst || !isSecond) return undefined;
  const isNear = Math.abs(yearOf(one) - yearOf(other)) < yearsOfGeneration;
  return isNear && isOneSlip(one.slice(0, 4), other.slice(0, 4)) ? 'slips' : 'differ';
}

function birthOf(one: string | undefined, other: string | undefined): Evidence['birth'] {
  if (one === undefined || other === undefined) return 'missing';
  if (one === other) return one.endsWith('-01-01') ? 'yearOnly' : 'equal';
  const areDates = calendarDate.test(one) && calendarDate.test(other);
  const byYear = areDates ? yearsAgreement(one, other) : undefined;
  if (byYear !== undefined) return byYear;
  // most pairs end here: what is dear is asked after it
  const isOtherGeneration = areDates && Math.abs(yearOf(one) - yearOf(other)) >= yearsOfGeneration;
  if (isOtherGeneration) return 'differ';
  if (one.slice(0, 4) === other.slice(0, 4) && (swappedDate(one) === other || swappedDate(other) === one)) return 'swapped';
  const slips = editDistance(one.replaceAll('-', ''), other.replaceAll('-', ''), 2);
  if (slips <= 1) return 'slip';
  // a date that does not exist is damaged already
  if (slips === 2 && !areDates) return 'slip';
  if (slips === 2) return 'slips';
  return areDates && yearOf(one) === yearOf(other) ? 'year' : 'differ';
}

const longTaxId = 7;

export function taxIdOf(one: MatchRecord['taxId'], other: MatchRecord['taxId']): Evidence['taxId'] {
  if (!one || !other) return 'missing';
  if (one.value === other.value) return one.valid && other.valid ? 'equal' : 'typed';
  // ids of different kinds (NIF and NIE, say) can belong to one person; two of one kind cannot
  if (one.valid && other.valid) return one.kind === other.kind ? 'conflict' : 'missing';
  const slips = editDistance(one.value, other.value, 2);
  if (slips === 1) return 'slip';
  return slips === 2 && Math.min(one.value.length, other.value.length) >= longTaxId ? 'slips' : 'differ';
}

/** The strongest level that any two values have. */
function strongest<Value, Level extends string>(
  one: readonly Value[],
  other: readonly Value[],
  order: readonly Level[],
  levelOf: (one: Value, other: Value) => Level,
): Level | 'missing' {
  const [first, second] = [one[0], other[0]];
  if (first === undefined || second === undefined) return 'missing';
  if (one.length === 1 && other.length === 1) return levelOf(first, second);
  let best = order.length;
  for (const value of one) for (const candidate of other) best = Math.min(best, order.indexOf(levelOf(value, candidate)));
  return order[best] ?? 'missing';
}

const shortest = 5;
const isSlip = (one: string, other: string): boolean => one.length >= shortest && isOneSlip(one, other);
const ownLocal = 6;

const emailLevels = ['ownMade', 'own', 'local', 'slip', 'shared', 'differ'] as const;

export function emailOf(one: MatchRecord, other: MatchRecord, isShared: IsShared): Evidence['email'] {
  if (one.emails.length === 0 || other.emails.length === 0) return 'missing';
  return strongest(one.emails, other.emails, emailLevels, (first, second) => {
    if (first.comparison === second.comparison) {
      if (first.isRole || isShared('email', first.comparison)) return 'shared';
      const names = [one.name, other.name].flatMap((name) => name ?? []);
      return names.length > 0 && names.every((name) => isMadeOfName(first.local, name)) ? 'ownMade' : 'own';
    }
    if (!first.isRole && first.local === second.local && first.local.length >= ownLocal) return 'local';
    return isSlip(first.comparison, second.comparison) ? 'slip' : 'differ';
  });
}

const phoneLevels = ['own', 'slip', 'shared', 'differ'] as const;

export function phoneOf(one: MatchRecord, other: MatchRecord, isShared: IsShared): Evidence['phone'] {
  if (one.phones.length === 0 || other.phones.length === 0) return 'missing';
  return strongest(one.phones, other.phones, phoneLevels, (first, second) => {
    if (first === second) return isShared('phone', first) ? 'shared' : 'own';
    return isSlip(first, second) ? 'slip' : 'differ';
  });
}

const meetingLevels = ['equal', 'slip', 'differ'] as const;
const meetingLevel = (one: string, other: string): (typeof meetingLevels)[number] =>
  one === other ? 'equal' : isSlip(one, other) ? 'slip' : 'differ';
const meeting = (one: readonly string[], other: readonly string[]) => strongest(one, other, meetingLevels, meetingLevel);

export function placeOf(one: MatchRecord, other: MatchRecord): Evidence['place'] {
  const postcode = meeting(one.postcodes, other.postcodes);
  if (postcode === 'equal') return 'postcode';
  if (postcode === 'slip') return 'slip';
  const city = meeting(one.cities, other.cities);
  if (city === 'equal') return 'city';
  return city === 'missing' ? postcode : city;
}

const streetSlips = 3;

function streetLevel(one: string, other: string): Exclude<Evidence['street'], 'missing'> {
  if (one === other) return 'equal';
  if (editDistance(one.replaceAll(' ', ''), other.replaceAll(' ', ''), streetSlips) <= streetSlips) return 'similar';
  const [words, others] = [one.split(' '), other.split(' ')];
  const common = words.filter((word) => others.includes(word)).length;
  return common * 2 >= Math.max(words.length, others.length) ? 'similar' : 'differ';
}

const streetLevels = ['equal', 'similar', 'differ'] as const;
const streetOf = (one: readonly string[], other: readonly string[]): Evidence['street'] =>
  strongest(one, other, streetLevels, streetLevel);

/** Compares the records of two people. */
export function evidenceOf(one: MatchRecord, other: MatchRecord, isShared: IsShared): Evidence {
  const { given, family }: { readonly given: WordAgreement; readonly family: WordAgreement } = compareNames(one.name, other.name);
  return {
    given,
    family,
    birth: birthOf(one.birthDate, other.birthDate),
    taxId: taxIdOf(one.taxId, other.taxId),
    email: emailOf(one, other, isShared),
    phone: phoneOf(one, other, isShared),
    place: placeOf(one, other),
    street: streetOf(one.streets, other.streets),
  };
}

/** The evidence as one number, the same for the same levels: patterns are counted and weighed by it. */
export function patternOf(evidence: Evidence): number {
  let pattern = 0;
  for (const field of evidenceFields) {
    const levels: readonly string[] = evidenceLevels[field];
    // most fields of a pair are missing, the first level
    pattern = pattern * levels.length + (evidence[field] === 'missing' ? 0 : levels.indexOf(evidence[field]));
  }
  return pattern;
}

/** The levels that a number of `patternOf` stands for. */
export function evidenceOfPattern(pattern: number): Evidence {
  const levels: Record<string, string> = {};
  let rest = pattern;
  for (const field of evidenceFields.toReversed()) {
    const { length } = evidenceLevels[field];
    levels[field] = evidenceLevels[field][rest % length] ?? 'missing';
    rest = Math.floor(rest / length);
  }
  // each field was set to one of its own levels; in the usual order, in which people read them
  return Object.fromEntries(evidenceFields.map((field) => [field, levels[field]])) as unknown as Evidence;
}
