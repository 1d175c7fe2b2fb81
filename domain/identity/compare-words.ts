import { maybeSameGivenName } from '../record/normalise/nickname.ts';

/** How two words, or two lists of words, of a name agree; best first. `part`: one list leaves words out, and the rest is equal. */
export type WordAgreement = 'equal' | 'part' | 'nickname' | 'typo' | 'initial' | 'differ' | 'missing';

const from = (levels: readonly WordAgreement[]): ReadonlyMap<WordAgreement, number> =>
  new Map(levels.map((level, place) => [level, place]));
const order = from(['equal', 'part', 'nickname', 'typo', 'initial', 'missing', 'differ']);
const rank = (level: WordAgreement): number => order.get(level) ?? 0;

/** Whether two texts are one slip apart: a letter left out, added, changed, or two neighbours swapped. O(n), allocates nothing. */
export function isOneSlip(one: string, other: string): boolean {
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  if (long.length - short.length > 1) return false;
  let at = 0;
  while (at < short.length && short[at] === long[at]) at += 1;
  if (short.length < long.length) return short.slice(at) === long.slice(at + 1);
  if (short.slice(at + 1) === long.slice(at + 1)) return true;
  return short[at] === long[at + 1] && short[at + 1] === long[at] && short.slice(at + 2) === long.slice(at + 2);
}

/** How two words of a name agree. A slip needs at least four letters: Ana and Eva are two women. */
export function wordAgreement(one: string, other: string): WordAgreement {
  if (one === other) return 'equal';
  if (one.length === 1 || other.length === 1) return one[0] === other[0] ? 'initial' : 'differ';
  if (maybeSameGivenName(one, other)) return 'nickname';
  return Math.max(one.length, other.length) >= 4 && isOneSlip(one, other) ? 'typo' : 'differ';
}

/** How two lists of words agree: the worst that the shorter one's words find, each in a word of its own. */
export function wordsAgreement(one: readonly string[], other: readonly string[]): WordAgreement {
  if (one.length === 0 || other.length === 0) return 'missing';
  const [shorter, longer] = one.length <= other.length ? [one, other] : [other, one];
  const free = [...longer];
  let worst: WordAgreement = 'equal';
  for (const word of shorter) {
    let best = -1;
    let level: WordAgreement = 'differ';
    for (const [place, candidate] of free.entries()) {
      const found = wordAgreement(word, candidate);
      if (best >= 0 && rank(found) >= rank(level)) continue;
      [best, level] = [place, found];
    }
    if (level === 'differ') return joined(one, other);
    free.splice(best, 1);
    if (rank(level) > rank(worst)) worst = level;
  }
  return worst === 'equal' && longer.length > shorter.length ? 'part' : worst;
}

/** De Luca and Deluca, Ana Maria and Anamaria: the same letters with other gaps. */
function joined(one: readonly string[], other: readonly string[]): WordAgreement {
  const [first, second] = [one.join(''), other.join('')];
  if (first === second) return 'equal';
  return one.length !== other.length && first.length > 5 && isOneSlip(first, second) ? 'typo' : 'differ';
}
