import { evidenceOf, type IsShared, patternOf } from './evidence.ts';
import type { MatchRecord } from './match-record.ts';

/** Among fewer records any two are one person too often. */
const fewestRecords = 1_000;
const perRecord = 10;
const mostPairs = 200_000;

/**
 * How often any two people's records have each pattern of evidence (`patternOf`): what strangers agree in by chance. Drawn evenly, the same
 * pairs for the same records; empty for fewer than a thousand records.
 * @param records in key order, so that the order in which they arrived does not matter
 * Cost: at most 200,000 comparisons.
 * @see the estimate of u probabilities by random sampling in R. Linacre et al., Splink, 2022
 */
export function anyTwo(records: readonly MatchRecord[], isShared: IsShared): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  const people = records.filter(({ kind }) => kind === 'person');
  if (people.length < fewestRecords) return counts;
  const pairs = Math.min(mostPairs, people.length * perRecord);
  for (let drawn = 0; drawn < pairs; drawn += 1) {
    const place = Math.floor((drawn * people.length) / pairs);
    const apart = 1 + ((Math.imul(drawn + 1, 2_654_435_761) >>> 0) % (people.length - 1));
    const [one, other] = [people[place], people[(place + apart) % people.length]];
    if (one === undefined || other === undefined) continue;
    const pattern = patternOf(evidenceOf(one, other, isShared));
    counts.set(pattern, (counts.get(pattern) ?? 0) + 1);
  }
  return counts;
}
