import { nicknameGroup } from '../record/normalise/nickname.ts';
import type { MatchRecord } from './match-record.ts';

/** What two records must share to be compared. The text is hashed before it is stored. */
export interface MatchKey {
  readonly kind:
    | 'email'
    | 'mailbox'
    | 'phone'
    | 'contact-name'
    | 'tax-id'
    | 'document'
    | 'start-birth'
    | 'birth-place'
    | 'word-year'
    | 'word-place'
    | 'word-street'
    | 'family-city'
    | 'name'
    | 'company-name';
  readonly text: string;
}

/** Kinds that more people share the more there are. Who has more in common than this shares a narrower key too: name and mailbox, word and postcode. */
const broadKinds: ReadonlySet<string> = new Set<MatchKey['kind']>(['name', 'family-city']);

/** How many records may share a key that leads to them. */
export interface BlockLimits {
  readonly largestBlock: number;
  /** Of a name alone, and of a family name with a town: a handful is worth comparing, many are narrowed. */
  readonly largestBroadBlock: number;
}

/** Whether a kind of key is held to `largestBroadBlock`. */
export const isBroad = (kind: string): boolean => broadKinds.has(kind);

const shortestMailbox = 6;
const shortestWord = 2;
const startLetters = 2;

const noWords: readonly string[] = [];
const longEnough = (word: string): boolean => word.length >= shortestWord;

/** Takes a key: its text is `text`, or `text|with_` where there are two parts. The same key may be given twice. */
export type TakeKey = (kind: MatchKey['kind'], text: string, with_?: string) => void;

/** Keys of a birth date with a part of the name or with a place: a wrong letter behind the second leaves the first kind. */
function birthKeys({ name, birthDate, postcodes, cities }: MatchRecord, words: readonly string[], take: TakeKey): void {
  if (birthDate === undefined) return;
  const digits = birthDate.replaceAll('-', '');
  for (const word of [name?.given[0], name?.family[0], name?.family.at(-1)])
    if (word !== undefined && word.length >= startLetters) take('start-birth', word.slice(0, startLetters), digits);
  const yearAndCity = `${digits.slice(0, 4)}|${cities[0] ?? ''}`;
  for (const word of words) if (longEnough(word)) take('word-year', word, yearAndCity);
  for (const postcode of postcodes) take('birth-place', digits, postcode);
}

/** Keys made of a person's name: alone where it is rare, else with a place. */
function nameKeys(record: MatchRecord, take: TakeKey): void {
  const { name, postcodes, cities, streets } = record;
  const words = name === undefined ? noWords : [...name.given, ...name.family];
  for (const word of words) {
    if (!longEnough(word)) continue;
    for (const postcode of postcodes) take('word-place', word, postcode);
    for (const street of streets) take('word-street', word, street);
  }
  birthKeys(record, words, take);
  if (name === undefined) return;
  const [given] = name.given;
  const family = name.family.every(longEnough) ? name.family : name.family.filter(longEnough);
  // a name of one part can be the family's
  for (const word of family.length === 0 ? words : family)
    if (longEnough(word)) for (const city of cities) take('family-city', word, city);
  if (given !== undefined && longEnough(given) && family.length > 0) take('name', inOrder(nicknameGroup(given) ?? given, family));
}

/** One word and others in alphabetical order. */
function inOrder(word: string, others: readonly string[]): string {
  const [other = ''] = others;
  if (others.length > 1) return [word, ...others].sort().join(' ');
  return word < other ? `${word} ${other}` : `${other} ${word}`;
}

/** Gives every key under which a record finds its candidates; makes no list of them. */
export function forEachMatchKey(record: MatchRecord, take: TakeKey): void {
  const { kind, emails, phones, taxId, documents, name, companyName } = record;
  for (const { comparison } of emails) take('email', `${kind}:${comparison}`);
  for (const phone of phones) take('phone', `${kind}:${phone}`);
  if (kind === 'person') nameKeys(record, take);
  if (name !== undefined) {
    // where a mailbox or telephone has too many users to compare, those of one name are compared still
    for (const { comparison } of emails) take('contact-name', comparison, name.sorted);
    for (const phone of phones) take('contact-name', phone, name.sorted);
  }
  for (const { local, isRole } of emails) if (!isRole && local.length >= shortestMailbox) take('mailbox', `${kind}:${local}`);
  if (taxId) take('tax-id', `${kind}:${taxId.value}`);
  for (const document of documents) take('document', `${kind}:${document}`);
  if (companyName) take('company-name', companyName);
}

/** The keys under which a record finds its candidates, each once. */
export function matchKeys(record: MatchRecord): MatchKey[] {
  const keys = new Map<string, MatchKey>();
  forEachMatchKey(record, (kind, part, with_) => {
    const text = with_ === undefined ? part : `${part}|${with_}`;
    keys.set(`${kind}:${text}`, { kind, text });
  });
  return [...keys.values()];
}
