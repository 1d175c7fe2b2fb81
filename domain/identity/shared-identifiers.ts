import type { IsShared } from './evidence.ts';
import type { MatchRecord } from './match-record.ts';
import { compareNames } from './compare-words.ts';
import type { NormalisedName } from '../record/normalise/person-name.ts';

const fewestNames = 3;

/**
 * Learns which e-mail addresses and telephones several people use: those of a role, and those that at least three different names
 * carry, or more records than a block may hold, whatever their names. Companies share nothing here: their mailboxes belong to all of them.
 * @param largestBlock so that whether a large block is shared is known from its size alone, without all of its records
 */
export function sharedIdentifiers(records: readonly MatchRecord[], largestBlock: number): IsShared {
  const people = records.filter(({ kind }) => kind === 'person');
  const roles = new Set<string>();
  for (const { emails } of people) for (const { comparison, isRole } of emails) if (isRole) roles.add(comparison);
  const mailboxes = sharedValues(people, mailboxesOf, largestBlock);
  const phones = sharedValues(people, phonesOf, largestBlock);
  return (kind, value) => (kind === 'phone' ? phones.has(value) : mailboxes.has(value) || roles.has(value));
}

/** Each value once; most records have one at most. */
const once = (values: readonly string[]): readonly string[] => (values.length < 2 ? values : [...new Set(values)]);
const mailboxesOf = ({ emails }: MatchRecord): readonly string[] => once(emails.map(({ comparison }) => comparison));
const phonesOf = ({ phones }: MatchRecord): readonly string[] => once(phones);

/** The values that too many names or records carry. Names are collected only of those that enough records carry. */
function sharedValues(
  people: readonly MatchRecord[],
  valuesOf: (person: MatchRecord) => readonly string[],
  largestBlock: number,
): ReadonlySet<string> {
  const carriers = new Map<string, number>();
  for (const person of people) for (const value of valuesOf(person)) carriers.set(value, (carriers.get(value) ?? 0) + 1);
  const names = new Map<string, NormalisedName[]>();
  for (const person of people) {
    if (person.name === undefined) continue;
    for (const value of valuesOf(person)) {
      if ((carriers.get(value) ?? 0) < fewestNames) continue;
      const known = names.get(value);
      if (known === undefined) names.set(value, [person.name]);
      else known.push(person.name);
    }
  }
  const shared = new Set<string>();
  for (const [value, users] of names) if (differentNames(users) >= fewestNames) shared.add(value);
  for (const [value, count] of carriers) if (count > largestBlock) shared.add(value);
  return shared;
}

/** How many names that conflict with each other; sorted first, so that the order of the records does not matter. */
function differentNames(names: readonly NormalisedName[]): number {
  const kept: NormalisedName[] = [];
  for (const name of [...names].sort((one, other) => (one.sorted < other.sorted ? -1 : 1))) {
    if (kept.every((known) => areTwoNames(known, name))) kept.push(name);
    if (kept.length >= fewestNames) break;
  }
  return kept.length;
}

function areTwoNames(one: NormalisedName, other: NormalisedName): boolean {
  const { given, family } = compareNames(one, other);
  return given === 'differ' || family === 'differ';
}
