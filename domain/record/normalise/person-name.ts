import { wordsOf } from './fold.ts';
import { nameLanguages } from './nickname.ts';
import { isPlaceholder } from './placeholder.ts';

/** A person's name in comparable parts. */
export interface NormalisedName {
  /** Words of the given names, folded. */
  readonly given: readonly string[];
  /** Words of the family names, folded, particles left out. */
  readonly family: readonly string[];
  /** Every word in alphabetical order, one space between: the same whichever way round the name is written. */
  readonly sorted: string;
  /** Which of several people of one name, where it is written: Jr, Sr, III. Two that differ are two people. */
  readonly generation?: 'senior' | 'junior' | 'third' | 'fourth';
}

const particles = new Set(
  'de del della delle dello dei degli di da do dos das la le les lo los las el al von vom van der den ter ten du des d y e i zu zum af av'.split(
    ' ',
  ),
);
const titles = new Set(
  (
    'sr sra srta sres don dona dna d da dr dra drs mr mrs ms mx miss sir dame rev fr sig sigra signor signora signorina dott dottssa dottoressa dottore ' +
    'lord lady baron baronet bart bt earl count viscount duke duchess countess marquess marquis hon honourable captain capt major colonel col general gen lieutenant lieut lt admiral commander bishop archbishop saint reverend canon father brother sister ' +
    '1st 2nd 3rd 4th 5th 6th 7th 8th 9th first second the right rt ' +
    'ing arch avv rag geom prof profssa m mme mlle monsieur madame mademoiselle me maitre herr frau hr fra ilmo ilma excmo excma lic abg'
  ).split(' '),
);
const generations: ReadonlyMap<string, NonNullable<NormalisedName['generation']>> = new Map([
  ['sr', 'senior'],
  ['senior', 'senior'],
  ['padre', 'senior'],
  ['pere', 'senior'],
  ['jr', 'junior'],
  ['jnr', 'junior'],
  ['junior', 'junior'],
  ['hijo', 'junior'],
  ['fils', 'junior'],
  ['ii', 'junior'],
  ['iii', 'third'],
  ['iv', 'fourth'],
]);
const degrees = new Set('phd md esq mba mbe obe cbe jp bsc msc dds rn cpa'.split(' '));

interface Words {
  readonly words: readonly string[];
  readonly generation: NormalisedName['generation'];
}

/** Words without titles before and generation or degrees behind; a name that is nothing else stays. */
function meaningful(text: string): Words {
  const words = wordsOf(text);
  let generation: NormalisedName['generation'];
  while (words.length > 1) {
    const last = words.at(-1) ?? '';
    if (!generations.has(last) && !degrees.has(last)) break;
    generation ??= generations.get(last);
    words.pop();
  }
  // "Morris I" beside "Morris II"; no initial of a family name stands alone behind a given name
  if (generation === undefined && words.length > 1 && words.at(-1) === 'i') generation = 'senior';
  // a title stands in front and is written with more behind it: "D. Ana", "Dr Ruiz"; a lone initial is none
  // a given name too ("Don Smith"), where nothing but one word would be left
  while (words.length > (words[0] === 'don' ? 2 : 1) && titles.has(words[0] ?? '') && (words[0] ?? '').length > 1) words.shift();
  return { words, generation };
}

const withoutParticles = (words: readonly string[]): string[] => {
  const kept = words.filter((word) => !particles.has(word));
  return kept.length > 0 ? kept : [...words];
};

const isGivenName = (word: string | undefined): boolean =>
  word !== undefined && word.length > 2 && nameLanguages(word).length > 0;

/**
 * How many words of a whole name are given names, counted from the front; from the back when negative, where the family names stand first.
 * "maria jose garcia lopez" 2, "garcia lopez ana" -1. A guess: `sorted` does not depend on it.
 */
function givenWords(words: readonly string[]): number {
  if (words.length < 3) return isGivenName(words[1]) && !isGivenName(words[0]) ? -1 : 1;
  if (!isGivenName(words[0]) && isGivenName(words.at(-1))) return isGivenName(words.at(-2)) && words.length > 3 ? -2 : -1;
  return words.length > 3 && isGivenName(words[0]) && isGivenName(words[1]) ? 2 : 1;
}

interface Parts {
  readonly given: readonly string[];
  readonly family: readonly string[];
  readonly generation: NormalisedName['generation'];
}

/** Parts of one name written as a whole: "García López, Ana", "Ana García López", "GARCIA LOPEZ ANA". */
function split(fullName: string): Parts {
  const comma = fullName.indexOf(',');
  const behind = comma > 0 ? meaningful(fullName.slice(comma + 1)) : undefined;
  if (
    behind !== undefined &&
    behind.words.length > 0 &&
    !generations.has(behind.words[0] ?? '') &&
    !degrees.has(behind.words[0] ?? '')
  ) {
    const before = meaningful(fullName.slice(0, comma));
    return { given: behind.words, family: before.words, generation: before.generation ?? behind.generation };
  }
  const { words: all, generation } = meaningful(fullName);
  const words = withoutParticles(all);
  const count = givenWords(words);
  return count > 0
    ? { given: words.slice(0, count), family: words.slice(count), generation }
    : { given: words.slice(count), family: words.slice(0, count), generation };
}

function given(text: string, family: string): Parts {
  const [first, last] = [isPlaceholder(text) ? '' : text, isPlaceholder(family) ? '' : family];
  // the whole name in one of the two fields
  if (last === '' && first.trim().includes(' ')) return split(first);
  if (first === '' && last.includes(',')) return split(last);
  const [before, behind] = [meaningful(first), meaningful(last)];
  if (behind.words.length > 0 && before.words.length === 1 && titles.has(before.words[0] ?? ''))
    return { given: [], family: behind.words, generation: behind.generation ?? before.generation };
  return { given: before.words, family: behind.words, generation: behind.generation ?? before.generation };
}

/** A person's name from its parts or from the whole; undefined when there is none, or only a placeholder. */
export function normalisePersonName(name: {
  readonly givenName?: string | undefined;
  readonly familyName?: string | undefined;
  readonly fullName?: string | undefined;
}): NormalisedName | undefined {
  const { givenName, familyName, fullName } = name;
  const isParted = givenName !== undefined || familyName !== undefined;
  const fromParts = isParted ? given(givenName ?? '', familyName ?? '') : undefined;
  const found =
    fromParts !== undefined && fromParts.given.length + fromParts.family.length > 0
      ? fromParts
      : fullName === undefined || isPlaceholder(fullName)
        ? undefined
        : split(fullName);
  if (found === undefined) return undefined;
  const parts = { given: withoutParticles(found.given), family: withoutParticles(found.family) };
  if (parts.given.length + parts.family.length === 0) return undefined;
  return {
    ...parts,
    sorted: [...parts.given, ...parts.family].sort().join(' '),
    ...(found.generation === undefined ? {} : { generation: found.generation }),
  };
}
