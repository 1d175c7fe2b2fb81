import { wordsOf } from '../record/normalise/fold.ts';
import { type FoldedText, foldedText, isOneSlipAway, type PlacedWord, placedWords } from './folded-text.ts';
import petNames from './pet-names.json' with { type: 'json' };

/** Who is looked for: names as written, identifiers normalised (e-mail in lower case, telephone E.164). */
export interface Subject {
  readonly names: readonly { readonly given: string; readonly family: string }[];
  readonly emails: readonly string[];
  readonly phones: readonly string[];
  readonly taxIds: readonly string[];
}

export type MentionHow = 'email' | 'phone' | 'tax-id' | 'name' | 'name-variant';

/** A place in a text that may speak of the person: positions in the text as it was given. */
export interface Mention {
  readonly how: MentionHow;
  readonly start: number;
  readonly end: number;
}

const quoted = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

const every = (pattern: RegExp, text: string, how: MentionHow, fits: (found: string) => boolean = () => true): Mention[] =>
  [...text.matchAll(pattern)].flatMap((match) =>
    fits(match[0]) ? [{ how, start: match.index, end: match.index + match[0].length }] : [],
  );

/** `ana.q@example.org` however it is written: +tags, `(at)`, ` arroba `, spaces around the sign. */
const emailsIn = (folded: string, emails: readonly string[]): Mention[] =>
  emails.flatMap((email) => {
    const [local = '', domain = ''] = email.toLowerCase().split('@');
    const sign = String.raw`\s*(?:@|\(at\)|\[at\]|\s(?:at|arroba|chiocciola|arobase)\s)\s*`;
    const host = quoted(domain).replaceAll(String.raw`\.`, String.raw`\s*(?:\.|\(dot\)|\[dot\]|\s(?:dot|punto|point)\s)\s*`);
    const pattern = new RegExp(
      String.raw`(?<![a-z0-9._%+-])${quoted(local)}(?:\+[a-z0-9._-]+)?${sign}${host}(?![a-z0-9-]|\.[a-z0-9])`,
      'g',
    );
    return every(pattern, folded, 'email');
  });

const MIN_PHONE_DIGITS = 8;

/** The same number: whole, without its country's code, or with the 0 that some countries write before it. */
const isPhone = (digits: string, full: string): boolean => {
  const bare = digits.replace(/^00/, '');
  if (bare === full) return true;
  const national = bare.replace(/^0/, '');
  return national.length >= MIN_PHONE_DIGITS && full.endsWith(national) && full.length - national.length <= 3;
};

const phonesIn = (folded: string, phones: readonly string[]): Mention[] =>
  phones.flatMap((phone) => {
    const full = phone.replaceAll(/\D/g, '');
    return every(/(?<![\p{L}\d])\+?\(?\d(?:[\s()./-]{0,3}\d){7,14}(?!\d)/gu, folded, 'phone', (found) =>
      isPhone(found.replaceAll(/\(0\)/g, '').replaceAll(/\D/g, ''), full),
    );
  });

const taxIdsIn = (folded: string, taxIds: readonly string[]): Mention[] =>
  taxIds.flatMap((taxId) => {
    const signs = taxId
      .toLowerCase()
      .replaceAll(/[^a-z0-9]/g, '')
      .split('');
    const bare = signs.slice(/^[a-z]{2}[a-z0-9]{8,}/.test(signs.join('')) ? 2 : 0);
    return every(
      new RegExp(String.raw`(?<![a-z0-9])(?:[a-z]{2})?${bare.join(String.raw`[\s.\/-]?`)}(?![a-z0-9])`, 'g'),
      folded,
      'tax-id',
    );
  });

const particles: ReadonlySet<string> = new Set([
  'de',
  'del',
  'la',
  'las',
  'los',
  'da',
  'di',
  'dei',
  'du',
  'des',
  'le',
  'van',
  'von',
  'y',
  'e',
  'i',
]);
const honorifics =
  /^(?:sr|sra|srta|don|dona|senor|senora|senorita|sig|sigra|signor|signora|signore|dott|dottor|dottoressa|m|mme|mlle|monsieur|madame|mr|mrs|ms|dr|dra)$/;

const meant = (words: readonly string[]): readonly string[] => words.filter((word) => !particles.has(word));

const petsOf = (given: string): readonly string[] => (petNames as Readonly<Record<string, readonly string[]>>)[given] ?? [];

/** How well a word of the text stands for a part of the name; initials count only for a given name. */
const agrees = (word: string, part: string, isGiven: boolean): 'exact' | 'near' | undefined => {
  if (word === part) return 'exact';
  if (isGiven && (petsOf(part).includes(word) || petsOf(word).includes(part) || (word.length === 1 && part.startsWith(word))))
    return 'near';
  return part.length >= 5 && isOneSlipAway(word, part) ? 'near' : undefined;
};

/** The best agreement of a word with any given name or any family name. */
const best = (word: string, parts: readonly string[], isGiven: boolean): 'exact' | 'near' | undefined =>
  parts.some((part) => agrees(word, part, isGiven) === 'exact')
    ? 'exact'
    : parts.map((part) => agrees(word, part, isGiven)).find(Boolean);

interface Pair {
  readonly one: PlacedWord;
  readonly other: PlacedWord;
}

/** Words that stand next to each other but for particles and a comma. */
const neighbours = (folded: string, words: readonly PlacedWord[]): Pair[] => {
  const real = words.filter(({ word }) => !particles.has(word));
  return real.flatMap((one, place) => {
    const other = real[place + 1];
    if (other === undefined) return [];
    const between = folded.slice(one.end, other.start).replaceAll(/\p{L}+/gu, '');
    return /^[\s,.·-]{1,6}$/.test(between) ? [{ one, other }] : [];
  });
};

/** Names inside an address are the address's. */
const withoutAddresses = (folded: string): string => folded.replaceAll(/\S+@\S+/g, (address) => ' '.repeat(address.length));

const namesIn = (whole: string, { names }: Subject): Mention[] => {
  const folded = withoutAddresses(whole);
  const pairs = neighbours(folded, placedWords(folded));
  return names.flatMap(({ given, family }) => {
    const givens = meant(wordsOf(given));
    const families = meant(wordsOf(family));
    return pairs.flatMap(({ one, other }): Mention[] => {
      const place = { start: one.start, end: other.end };
      const inOrder = [best(one.word, givens, true), best(other.word, families, false)];
      const turned = [best(other.word, givens, true), best(one.word, families, false)];
      const found = [inOrder, turned].find((sides) => sides.every((side) => side !== undefined));
      if (found !== undefined && found.includes('exact'))
        return [{ how: found.includes('near') ? 'name-variant' : 'name', ...place }];
      const bothFamilies = families.length > 1 && one.word === families[0] && other.word === families[1];
      const addressed = honorifics.test(one.word) && other.word === families[0];
      return bothFamilies || addressed ? [{ how: 'name-variant', ...place }] : [];
    });
  });
};

const back = ({ origin }: FoldedText, text: string, { how, start, end }: Mention): Mention => ({
  how,
  start: origin[start] ?? 0,
  end: end < origin.length ? (origin[end] ?? text.length) : text.length,
});

/**
 * Every place in a text that may speak of the person: e-mail, telephone and tax id in any way of writing, names in either order, with
 * initials, pet names, one slip of the pen, or an honorific before the family name. It finds too much rather than too little: a person
 * reviews each, and nothing is redacted unseen.
 * @returns by place, each once
 */
export function mentionsIn(text: string, subject: Subject): Mention[] {
  const whole = foldedText(text);
  const { folded } = whole;
  const found = [
    ...emailsIn(folded, subject.emails),
    ...phonesIn(folded, subject.phones),
    ...taxIdsIn(folded, subject.taxIds),
    ...namesIn(folded, subject),
  ].map((mention) => back(whole, text, mention));
  const unique = new Map(found.map((mention) => [`${mention.start}:${mention.end}`, mention]));
  return [...unique.values()].sort((a, b) => a.start - b.start);
}

/** The words around mentions, for the eyes of the reviewer alone: `reach` characters on either side of each, parted by an ellipsis. */
export function contextOf(text: string, mentions: readonly Mention[], reach = 80): string {
  return mentions
    .slice(0, 10)
    .map(({ start, end }) => text.slice(Math.max(0, start - reach), Math.min(text.length, end + reach)))
    .join(' … ');
}
