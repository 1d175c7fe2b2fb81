import { wordsOf } from './fold.ts';
import { isPlaceholder } from './placeholder.ts';

/** A person's name in comparable parts. */
export interface NormalisedName {
  /** Words of the given names, folded. */
  readonly given: readonly string[];
  /** Words of the family names, folded, particles left out. */
  readonly family: readonly string[];
  /** Every word in alphabetical order, one space between: the same whichever way round the name is written. */
  readonly sorted: string;
}

const particles = new Set(
  'de del della delle di da do dos das la le les los las el von van der den du des y e i dello lo'.split(' '),
);
const titles = new Set('sr sra srta don dona dr dra mr mrs ms miss sig sigra dott dottssa ing m mme mlle prof'.split(' '));

const meaningful = (text: string): string[] => wordsOf(text).filter((word) => !titles.has(word));
const withoutParticles = (words: readonly string[]): string[] => {
  const kept = words.filter((word) => !particles.has(word));
  return kept.length > 0 ? kept : [...words];
};

/** Parts of one name written as a whole: "García López, Ana" or "Ana García López"; the first word is the given name. */
function split(fullName: string): { readonly given: string; readonly family: string } {
  const comma = fullName.indexOf(',');
  if (comma > 0) return { family: fullName.slice(0, comma), given: fullName.slice(comma + 1) };
  const words = fullName
    .trim()
    .split(/\s+/)
    .filter((word) => !titles.has(wordsOf(word)[0] ?? ''));
  return { given: words[0] ?? '', family: words.slice(1).join(' ') };
}

/** A person's name from its parts or from the whole; undefined when there is none, or only a placeholder. */
export function normalisePersonName(name: {
  readonly givenName?: string | undefined;
  readonly familyName?: string | undefined;
  readonly fullName?: string | undefined;
}): NormalisedName | undefined {
  const parts =
    name.givenName !== undefined || name.familyName !== undefined
      ? { given: name.givenName ?? '', family: name.familyName ?? '' }
      : split(name.fullName ?? '');
  const given = isPlaceholder(parts.given) ? [] : withoutParticles(meaningful(parts.given));
  const family = isPlaceholder(parts.family) ? [] : withoutParticles(meaningful(parts.family));
  if (given.length + family.length === 0) return undefined;
  return { given, family, sorted: [...given, ...family].sort().join(' ') };
}
