import { companyTrades, companyWords, legalForms, type NameSet, nameSets, spellings } from './sample-names.ts';

/** One person of the sample world, before any system writes them down in its own way. */
export interface SamplePerson {
  readonly truth: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly nickname: string | undefined;
  readonly birthDate: string;
  readonly email: string;
  readonly phone: string;
  readonly taxId: string | undefined;
  readonly street: string;
  readonly city: string;
  readonly postcode: string;
  readonly country: 'ES' | 'IT' | 'FR';
  readonly company: SampleCompany | undefined;
}

export interface SampleCompany {
  readonly truth: string;
  readonly spellings: readonly string[];
  readonly taxId: string;
  readonly domain: string;
  readonly phone: string;
  readonly city: string;
  readonly postcode: string;
  readonly country: 'ES' | 'IT' | 'FR';
}

export interface SampleWorld {
  readonly people: readonly SamplePerson[];
  readonly companies: readonly SampleCompany[];
}

/** A repeatable source of numbers in [0, 1): the same seed gives the same world on every machine (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export type Random = () => number;

/** One of a list that is not empty. */
export function pick<Item>(random: Random, items: readonly Item[]): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new RangeError('pick: the list is empty');
  return item;
}

const digits = (random: Random, count: number): string => Array.from({ length: count }, () => Math.floor(random() * 10)).join('');
const padded = (value: number, width: number): string => String(value).padStart(width, '0');
const plain = (text: string): string =>
  text
    .normalize('NFD')
    .replaceAll(/[^a-zA-Z]/g, '')
    .toLowerCase();

/** Spanish NIF: eight digits and the letter that they ask for. */
function nif(random: Random): string {
  const number = digits(random, 8);
  return `${number}${'TRWAGMYFPDXBNJZSQVHLCKE'[Number(number) % 23]}`;
}

/** The last digit that makes the whole pass the Luhn check (SIREN, Partita IVA). */
function luhn(body: string): string {
  const sum = Array.from(body)
    .reverse()
    .reduce((total, digit, place) => {
      const value = Number(digit) * (place % 2 === 0 ? 2 : 1);
      return total + (value > 9 ? value - 9 : value);
    }, 0);
  return `${body}${(10 - (sum % 10)) % 10}`;
}

/** Spanish CIF of a limited company: B, seven digits, a check digit. */
function cif(random: Random): string {
  const body = digits(random, 7);
  return `B${luhn(body)}`;
}

const companyTaxId = (random: Random, country: SampleCompany['country']): string =>
  country === 'ES' ? cif(random) : luhn(digits(random, country === 'FR' ? 8 : 10));

function phoneOf(random: Random, country: NameSet['country']): string {
  switch (country) {
    case 'ES':
      return `+346${digits(random, 8)}`;
    case 'IT':
      return `+393${pick(random, ['20', '28', '33', '47', '49'])}${digits(random, 7)}`;
    case 'FR':
      return `+336${digits(random, 8)}`;
  }
}

function companyOf(random: Random, place: number): SampleCompany {
  const set = pick(random, nameSets);
  const [city, postcode] = pick(random, set.places);
  const known = spellings[place];
  const bare = `${pick(random, companyWords)} ${pick(random, companyTrades)} ${padded(place, 2)}`;
  const written = known ?? [`${bare} ${pick(random, legalForms[set.country])}`, bare, `${bare.toUpperCase()}`];
  return {
    truth: `company-${padded(place, 3)}`,
    spellings: written,
    taxId: companyTaxId(random, set.country),
    domain: `${plain(known?.[0] ?? bare)}${padded(place, 2)}.example`,
    phone: phoneOf(random, set.country),
    city,
    postcode,
    country: set.country,
  };
}

function personOf(random: Random, place: number, companies: readonly SampleCompany[]): SamplePerson {
  const set = pick(random, nameSets);
  const givenName = pick(random, set.given);
  const familyName = set.country === 'ES' ? `${pick(random, set.family)} ${pick(random, set.family)}` : pick(random, set.family);
  const [city, postcode] = pick(random, set.places);
  const company = random() < 0.15 ? pick(random, companies) : undefined;
  const handle = `${plain(givenName)}.${plain(familyName)}${padded(place, 4)}`;
  return {
    truth: `person-${padded(place, 4)}`,
    givenName,
    familyName,
    nickname: set.nicknames[givenName],
    birthDate: `${1940 + Math.floor(random() * 65)}-${padded(1 + Math.floor(random() * 12), 2)}-${padded(1 + Math.floor(random() * 28), 2)}`,
    email: `${handle}@${company?.domain ?? pick(random, set.mailDomains)}`,
    phone: phoneOf(random, set.country),
    taxId: set.country === 'ES' ? nif(random) : undefined,
    street: `${pick(random, set.streets)} ${1 + Math.floor(random() * 99)}`,
    city,
    postcode,
    country: set.country,
    company,
  };
}

/**
 * The people and companies that the sample systems write down, each in its own way. Every tenth person has a relative of the same
 * family name at the same address and telephone; some are parent and child of one name.
 * @param size how many people, at least 20
 */
export function sampleWorld(size: number, seed = 2026): SampleWorld {
  const random = randomFrom(seed);
  const companies = Array.from({ length: Math.max(5, Math.floor(size / 15)) }, (_, place) => companyOf(random, place));
  const people: SamplePerson[] = [];
  for (let place = 0; people.length < size; place += 1) {
    const person = personOf(random, place, companies);
    people.push(person);
    if (place % 10 !== 9 || people.length >= size) continue;
    const relative = personOf(random, place + 5000, companies);
    const sameName = place % 20 === 19;
    people.push({
      ...relative,
      givenName: sameName ? person.givenName : relative.givenName,
      familyName: person.familyName,
      birthDate: sameName ? `${Number(person.birthDate.slice(0, 4)) - 27}${person.birthDate.slice(4)}` : relative.birthDate,
      phone: person.phone,
      street: person.street,
      city: person.city,
      postcode: person.postcode,
      country: person.country,
      taxId: person.country === 'ES' ? (relative.taxId ?? nif(random)) : undefined,
      company: undefined,
    });
  }
  return { people, companies };
}

/** The name as a hurried hand writes it: an accent lost, two letters swapped, one left out. */
export function mistyped(random: Random, text: string): string {
  const place = 1 + Math.floor(random() * Math.max(1, text.length - 2));
  switch (Math.floor(random() * 3)) {
    case 0:
      return text.normalize('NFD').replaceAll(/\p{M}/gu, '');
    case 1:
      return text.slice(0, place) + (text[place + 1] ?? '') + (text[place] ?? '') + text.slice(place + 2);
    default:
      return text.slice(0, place) + text.slice(place + 1);
  }
}
