import type { NormalisedName } from '../record/normalise/person-name.ts';
import nicknames from './nicknames.json' with { type: 'json' };

/** How two people's names agree. `close`: a typo, a nickname, an initial or a family name left out. */
export type NameAgreement = 'equal' | 'close' | 'conflict' | 'missing';

const aliases = new Map<string, ReadonlySet<string>>(
  Object.entries(nicknames).map(([name, short]) => [name, new Set<string>(short)]),
);

/** Damerau-Levenshtein distance (optimal string alignment), up to `most`; O(n·m). */
export function editDistance(one: string, other: string, most: number): number {
  if (Math.abs(one.length - other.length) > most) return most + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const change = one[row - 1] === other[column - 1] ? 0 : 1;
      let cost = Math.min((current[column - 1] ?? 0) + 1, (last[column] ?? 0) + 1, (last[column - 1] ?? 0) + change);
      if (row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1]) {
        cost = Math.min(cost, (beforeLast[column - 2] ?? 0) + 1);
      }
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return last[other.length] ?? most + 1;
}

const isAlias = (one: string, other: string): boolean =>
  (aliases.get(one)?.has(other) ?? false) || (aliases.get(other)?.has(one) ?? false);

/** Whether two words of a name are the same one, written by hurried hands. */
function sameWord(one: string, other: string): boolean {
  if (one === other || isAlias(one, other)) return true;
  const shorter = Math.min(one.length, other.length);
  if (shorter === 1) return one[0] === other[0];
  return shorter >= 4 ? editDistance(one, other, shorter >= 8 ? 2 : 1) <= (shorter >= 8 ? 2 : 1) : false;
}

/** Whether every word of the shorter list has a partner of its own in the longer one. */
function covered(shorter: readonly string[], longer: readonly string[]): boolean {
  const free = [...longer];
  return shorter.every((word) => {
    const exact = free.indexOf(word);
    const at = exact >= 0 ? exact : free.findIndex((other) => sameWord(word, other));
    if (at < 0) return false;
    free.splice(at, 1);
    return true;
  });
}

/**
 * How two names agree, whichever way round they are written. They conflict unless every word of the shorter one is a word of the longer
 * one, and both have a given and a family name in common.
 */
export function nameAgreement(one: NormalisedName | undefined, other: NormalisedName | undefined): NameAgreement {
  if (one === undefined || other === undefined) return 'missing';
  if (one.sorted === other.sorted) return 'equal';
  const [first, second] = [one.sorted.split(' '), other.sorted.split(' ')];
  const [shorter, longer] = first.length <= second.length ? [first, second] : [second, first];
  if (shorter.length < 2) return covered(shorter, longer) ? 'missing' : 'conflict';
  if (!covered(shorter, longer)) return 'conflict';
  // García López, Ana and García López, Luis share two of three words: the given names must meet too
  const bothSplit = one.given.length > 0 && other.given.length > 0;
  const meet = (given: readonly string[], whole: readonly string[]) =>
    given.some((word) => whole.some((candidate) => sameWord(word, candidate)));
  return !bothSplit || (meet(one.given, second) && meet(other.given, first)) ? 'close' : 'conflict';
}

/** Whether the part of an address before the @ is made of the name: ana.garcia, agarcia, garcia_ana81. */
export function localPartAgrees(local: string, name: NormalisedName): boolean {
  const letters = local.replaceAll(/[^a-z]/g, '');
  const family = name.family.filter((word) => word.length >= 3);
  const given = name.given.filter((word) => word.length >= 2);
  return family.some(
    (word) =>
      letters.includes(word) &&
      given.some((first) => letters.replace(word, '').startsWith(first[0] ?? ' ') || letters.includes(first)),
  );
}
