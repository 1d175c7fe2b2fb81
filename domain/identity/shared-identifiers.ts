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
  const names = new Map<string, NormalisedName[]>();
  const roles = new Set<string>();
  const carriers = new Map<string, number>();
  for (const { kind, name, emails, phones } of records) {
    if (kind === 'company') continue;
    for (const { comparison, isRole } of emails) if (isRole) roles.add(comparison);
    const identifiers = [...emails.map(({ comparison }) => `email:${comparison}`), ...phones.map((phone) => `phone:${phone}`)];
    for (const used of new Set(identifiers)) {
      carriers.set(used, (carriers.get(used) ?? 0) + 1);
      if (name === undefined) continue;
      const known = names.get(used);
      if (known === undefined) names.set(used, [name]);
      else known.push(name);
    }
  }
  const shared = new Set([...names].filter(([, users]) => differentNames(users) >= fewestNames).map(([used]) => used));
  for (const [used, count] of carriers) if (count > largestBlock) shared.add(used);
  return (kind, value) => shared.has(`${kind}:${value}`) || (kind === 'email' && roles.has(value));
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
