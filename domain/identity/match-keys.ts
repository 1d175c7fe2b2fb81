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

const shortestMailbox = 6;
const shortestWord = 2;
const startLetters = 2;

const longEnough = (word: string): boolean => word.length >= shortestWord;

/** Keys of a birth date with a part of the name or with a place: a wrong letter behind the second leaves the first kind. */
function birthKeys({ name, birthDate, postcodes, cities }: MatchRecord, words: readonly string[]): MatchKey[] {
  if (birthDate === undefined) return [];
  const digits = birthDate.replaceAll('-', '');
  const starts = [name?.given[0], name?.family[0], name?.family.at(-1)].flatMap((word) =>
    word !== undefined && word.length >= startLetters ? word.slice(0, startLetters) : [],
  );
  const [city = ''] = cities;
  return [
    ...starts.map((letters) => ({ kind: 'start-birth', text: `${letters}|${digits}` }) as const),
    ...words.map((word) => ({ kind: 'word-year', text: `${word}|${digits.slice(0, 4)}|${city}` }) as const),
    ...postcodes.map((postcode) => ({ kind: 'birth-place', text: `${digits}|${postcode}` }) as const),
  ];
}

/** Keys made of a person's name: alone where it is rare, else with a place. */
function nameKeys(record: MatchRecord): MatchKey[] {
  const { name, postcodes, cities, streets } = record;
  const words = (name?.sorted.split(' ') ?? []).filter(longEnough);
  const given = name?.given[0];
  const family = name?.family.filter(longEnough) ?? [];
  const keys: MatchKey[] = [
    ...words.flatMap((word) => postcodes.map((postcode) => ({ kind: 'word-place', text: `${word}|${postcode}` }) as const)),
    ...words.flatMap((word) => streets.map((street) => ({ kind: 'word-street', text: `${word}|${street}` }) as const)),
    ...family.flatMap((word) => cities.map((city) => ({ kind: 'family-city', text: `${word}|${city}` }) as const)),
    ...birthKeys(record, words),
  ];
  if (given !== undefined && longEnough(given) && family.length > 0)
    keys.push({ kind: 'name', text: [nicknameGroup(given) ?? given, ...family].sort().join(' ') });
  return keys;
}

/** The keys under which a record finds its candidates, each once. */
export function matchKeys(record: MatchRecord): MatchKey[] {
  const { kind, emails, phones, taxId, name, companyName } = record;
  const contacts = [...emails.map(({ comparison }) => comparison), ...phones];
  const keys: MatchKey[] = [
    ...emails.map(({ comparison }) => ({ kind: 'email', text: `${kind}:${comparison}` }) as const),
    ...phones.map((phone) => ({ kind: 'phone', text: `${kind}:${phone}` }) as const),
    ...(kind === 'person' ? nameKeys(record) : []),
    // where a mailbox or telephone has too many users to compare, those of one name are compared still
    ...(name === undefined
      ? []
      : contacts.map((contact) => ({ kind: 'contact-name', text: `${contact}|${name.sorted}` }) as const)),
  ];
  for (const { local, isRole } of emails) {
    if (!isRole && local.length >= shortestMailbox) keys.push({ kind: 'mailbox', text: `${kind}:${local}` });
  }
  if (taxId) keys.push({ kind: 'tax-id', text: `${kind}:${taxId.value}` });
  if (companyName) keys.push({ kind: 'company-name', text: companyName });
  return [...new Map(keys.map((key) => [`${key.kind}:${key.text}`, key])).values()];
}
