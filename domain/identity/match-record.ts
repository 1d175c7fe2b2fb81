import { type NormalisedEmail, normaliseEmail } from '../record/normalise/email.ts';
import { companyDomain } from '../record/normalise/email.ts';
import { type NormalisedAddress, normaliseAddress } from '../record/normalise/address.ts';
import { normaliseCompanyName } from '../record/normalise/company-name.ts';
import { type NormalisedName, normalisePersonName } from '../record/normalise/person-name.ts';
import { normalisePhone } from '../record/normalise/phone.ts';
import { isPlaceholderDate } from '../record/normalise/placeholder.ts';
import { type NormalisedTaxId, normaliseTaxId } from '../record/normalise/tax-id.ts';
import { homeCountry, type Identified } from '../record/identifiers.ts';

/** A person or company record as it is compared. */
export interface MatchRecord {
  /** Stable over every arrival order: `<system>:<kind>:<external id>`. */
  readonly key: string;
  readonly kind: 'person' | 'company';
  readonly name: NormalisedName | undefined;
  readonly companyName: string | undefined;
  readonly emails: readonly NormalisedEmail[];
  readonly phones: readonly string[];
  readonly taxId: NormalisedTaxId | undefined;
  readonly birthDate: string | undefined;
  readonly postcodes: readonly string[];
  readonly cities: readonly string[];
  /** The street's own words and its number. */
  readonly streets: readonly string[];
  /** Web and e-mail domains that belong to one company. */
  readonly domains: readonly string[];
}

/** The canonical fields that matter to matching. */
export interface Matchable extends Identified {
  readonly givenName?: string;
  readonly familyName?: string;
  readonly fullName?: string;
  readonly companyName?: string;
  readonly birthDate?: string;
  readonly website?: string;
  readonly addresses?: readonly {
    readonly country?: string;
    readonly street?: string;
    readonly postcode?: string;
    readonly city?: string;
  }[];
}

const none: readonly string[] = [];

/** One part of every address, each value once. */
function each(
  addresses: readonly NormalisedAddress[],
  part: (address: NormalisedAddress) => string | undefined,
): readonly string[] {
  if (addresses.length === 0) return none;
  return [...new Set(addresses.flatMap((address) => part(address) ?? []))];
}

/** Normalises one canonical record for comparison. Placeholders are left out. */
export function matchRecord(key: string, kind: MatchRecord['kind'], record: Matchable): MatchRecord {
  const country = homeCountry(record);
  const emails = (record.emails ?? []).flatMap((written) => normaliseEmail(written) ?? []);
  const domains = [
    ...emails.filter(({ isFreeProvider }) => !isFreeProvider).map(({ domain }) => domain),
    ...(record.website === undefined ? [] : [companyDomain(record.website) ?? []].flat()),
  ];
  const addresses = (record.addresses ?? []).map((address) =>
    normaliseAddress({ ...address, country: address.country ?? country }),
  );
  return {
    key,
    kind,
    name: kind === 'person' ? normalisePersonName(record) : undefined,
    companyName: kind === 'company' && record.companyName !== undefined ? normaliseCompanyName(record.companyName) : undefined,
    emails,
    phones: (record.phones ?? []).flatMap((written) => normalisePhone(written, country)?.value ?? []),
    taxId: record.taxId === undefined ? undefined : normaliseTaxId(record.taxId, country),
    birthDate: record.birthDate === undefined || isPlaceholderDate(record.birthDate) ? undefined : record.birthDate,
    postcodes: each(addresses, ({ postcode }) => postcode),
    cities: each(addresses, ({ city }) => city),
    streets: each(addresses, ({ street, number }) => (street === undefined ? undefined : `${street} ${number ?? ''}`.trim())),
    domains: kind === 'company' ? [...new Set(domains)] : [],
  };
}

/** What two records must share to be compared. The text is hashed before it is stored. */
export interface MatchKey {
  readonly kind:
    | 'email'
    | 'mailbox'
    | 'phone'
    | 'tax-id'
    | 'name-birth'
    | 'name-year'
    | 'word-birth'
    | 'word-place'
    | 'company-name';
  readonly text: string;
}

const shortestMailbox = 6;
const shortestWord = 2;

/** Keys made of a person's name: each alone is shared by few, and one slip leaves another. */
function nameKeys({ name, birthDate, postcodes, kind }: MatchRecord): MatchKey[] {
  if (name === undefined || kind === 'company') return [];
  const words = name.sorted.split(' ').filter((word) => word.length >= shortestWord);
  const keys: MatchKey[] = words.flatMap((word) =>
    postcodes.map((postcode) => ({ kind: 'word-place', text: `${word}|${postcode}` }) as const),
  );
  if (birthDate === undefined) return keys;
  for (const word of words) keys.push({ kind: 'word-birth', text: `${word}|${birthDate}` });
  keys.push({ kind: 'name-birth', text: `${name.sorted}|${birthDate}` });
  keys.push({ kind: 'name-year', text: `${name.sorted}|${birthDate.slice(0, 4)}` });
  return keys;
}

/** The keys under which a record finds its candidates, each once. */
export function matchKeys(record: MatchRecord): MatchKey[] {
  const keys: MatchKey[] = [
    ...record.emails.map(({ comparison }) => ({ kind: 'email', text: `${record.kind}:${comparison}` }) as const),
    ...record.phones.map((phone) => ({ kind: 'phone', text: `${record.kind}:${phone}` }) as const),
    ...nameKeys(record),
  ];
  for (const { local, isRole } of record.emails) {
    if (!isRole && local.length >= shortestMailbox) keys.push({ kind: 'mailbox', text: `${record.kind}:${local}` });
  }
  if (record.taxId) keys.push({ kind: 'tax-id', text: `${record.kind}:${record.taxId.value}` });
  if (record.companyName) keys.push({ kind: 'company-name', text: record.companyName });
  return [...new Map(keys.map((key) => [`${key.kind}:${key.text}`, key])).values()];
}
