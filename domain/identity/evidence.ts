import { swappedDate } from '../record/normalise/date.ts';
import { compareNames, type WordAgreement } from './compare-words.ts';
import { editDistance, isOneSlip } from './edit-distance.ts';
import { isSlip, strongest } from './strongest.ts';
import { placeOf, streetOf } from './place-evidence.ts';
import { isMadeOfName } from './mailbox-name.ts';
import type { MatchRecord } from './match-record.ts';

/**
 * The levels at which each field of two people's records can agree. The first is `missing`: one of the two does not say, which speaks
 * neither for nor against.
 */
export const evidenceLevels = {
  given: ['missing', 'equal', 'variant', 'typo', 'similar', 'initial', 'differ'],
  family: ['missing', 'equal', 'variant', 'typo', 'similar', 'initial', 'differ'],
  /**
   * `slip`, `slips`: one or two digits apart, in one generation. `decade`: one digit apart, and ten years or more: a slip, or parent and
   * child. `yearOnly`: no more than the year is known. `year`: the same year, another day.
   */
  birth: ['missing', 'equal', 'swapped', 'slip', 'slips', 'decade', 'yearOnly', 'year', 'differ'],
  /**
   * `typed`: equal, but its check digits are wrong or not known. `slip`, `slips`: one or two signs apart. `differ`: more, and of one shape:
   * two numbers of one kind. `conflict`: two valid ones of one kind.
   */
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
  if (!isOneSlip(one.slice(0, 4), other.slice(0, 4))) return 'differ';
  return Math.abs(yearOf(one) - yearOf(other)) < yearsOfGeneration ? 'slips' : 'decade';
}

function birthOf(one: string | undefined, other: string | undefined): Evidence['birth'] {
  if (one === undefined || other === undefined) return 'missing';
  if (one === other) return one.endsWith('-01-01') ? 'yearOnly' : 'equal';
  const areDates = calendarDate.test(one) && calendarDate.test(other);
  const byYear = areDates ? yearsAgreement(one, other) : undefined;
  if (byYear !== undefined) return byYear;
  // most pairs end here: what is dear is asked after it
  const isOtherGeneration = areDates && Math.abs(yearOf(one) - yearOf(other)) >= yearsOfGeneration;
  if (one.slice(0, 4) === other.slice(0, 4) && (swappedDate(one) === other || swappedDate(other) === one)) return 'swapped';
  const slips = editDistance(one.replaceAll('-', ''), other.replaceAll('-', ''), 2);
  if (isOtherGeneration) return slips <= 1 ? 'decade' : 'differ';
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
  if (slips === 2 && Math.min(one.value.length, other.value.length) >= longTaxId) return 'slips';
  return shapeOf(one.value) === shapeOf(other.value) ? 'differ' : 'missing'; // a number and a passport, say: both can be hers
}

/** Digits and letters by their places: numbers of one kind have one shape. */
const shapeOf = (value: string): string => value.replaceAll(/\d/g, '9').replaceAll(/\p{L}/gu, 'A');

/** A paper in common counts as a tax id that nobody checked; two that differ say nothing, since papers are renewed. */
function idOf(one: MatchRecord, other: MatchRecord): Evidence['taxId'] {
  const level = taxIdOf(one.taxId, other.taxId);
  if (level === 'equal' || level === 'conflict' || one.documents.length === 0) return level;
  return one.documents.some((document) => other.documents.includes(document)) ? 'typed' : level;
}

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

/** Compares the records of two people. */
export function evidenceOf(one: MatchRecord, other: MatchRecord, isShared: IsShared): Evidence {
  const { given, family }: { readonly given: WordAgreement; readonly family: WordAgreement } = compareNames(one.name, other.name);
  return {
    given,
    family,
    birth: birthOf(one.birthDate, other.birthDate),
    taxId: idOf(one, other),
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
