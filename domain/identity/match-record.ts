import { type NormalisedEmail, normaliseEmail } from '../record/normalise/email.ts';
import { companyDomain } from '../record/normalise/email.ts';
import { type NormalisedAddress, normaliseAddress } from '../record/normalise/address.ts';
import { normaliseCompanyName } from '../record/normalise/company-name.ts';
import { type NormalisedName, normalisePersonName } from '../record/normalise/person-name.ts';
import { normalisePhone } from '../record/normalise/phone.ts';
import { isPlaceholderDate } from '../record/normalise/placeholder.ts';
import { type NormalisedTaxId, normaliseTaxId } from '../record/normalise/tax-id.ts';
import { homeCountry, type Identified } from '../record/identifiers.ts';

/** What comparing needs of an e-mail address: there are millions of them. */
export type Mailbox = Pick<NormalisedEmail, 'comparison' | 'local' | 'isRole'>;

/** A person or company record as it is compared. */
export interface MatchRecord {
  /** Stable over every arrival order: `<system>:<kind>:<external id>`. */
  readonly key: string;
  readonly kind: 'person' | 'company';
  readonly name: NormalisedName | undefined;
  readonly companyName: string | undefined;
  readonly emails: readonly Mailbox[];
  readonly phones: readonly string[];
  readonly taxId: NormalisedTaxId | undefined;
  /** Numbers of papers that one person has, each with its kind: `passport:10251111`. */
  readonly documents: readonly string[];
  readonly birthDate: string | undefined;
  readonly postcodes: readonly string[];
  readonly cities: readonly string[];
  /** The street's own words and its number. */
  readonly streets: readonly string[];
  /** Web and e-mail domains that belong to one company. */
  readonly domains: readonly string[];
}

/** Which code made a `MatchRecord`: one more whenever `matchRecord`, or what it calls, gives another one of the same fields. */
export const matchRecordVersion = 3;

/** The canonical fields that matter to matching. */
export interface Matchable extends Identified {
  readonly givenName?: string;
  readonly familyName?: string;
  readonly fullName?: string;
  readonly companyName?: string;
  readonly birthDate?: string;
  readonly website?: string;
  /** Each with its kind before a colon. */
  readonly documents?: readonly string[];
  readonly addresses?: readonly {
    readonly country?: string;
    readonly street?: string;
    readonly postcode?: string;
    readonly city?: string;
  }[];
}

/** One empty list for all: a million records have five million. */
const none: readonly never[] = [];
const orNone = <Value>(values: readonly Value[] | undefined): readonly Value[] =>
  values === undefined || values.length === 0 ? none : values;

const shortestDocument = 5;

/** A number of a paper in capitals and digits, behind its kind; undefined when it is too short to be one, or a placeholder. */
function normaliseDocument(written: string): string | undefined {
  const colon = written.indexOf(':');
  const number = written
    .slice(colon + 1)
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]/g, '');
  const isOne = number.length >= shortestDocument && /\d/.test(number) && !/^(.)\1*$/.test(number);
  return isOne ? `${written.slice(0, colon)}:${number}` : undefined;
}

/** One part of every address, each value once. */
function each(
  addresses: readonly NormalisedAddress[],
  part: (address: NormalisedAddress) => string | undefined,
): readonly string[] {
  const [only] = addresses;
  if (only === undefined) return none;
  if (addresses.length === 1) {
    const value = part(only);
    return value === undefined ? none : [value];
  }
  return orNone([...new Set(addresses.flatMap((address) => part(address) ?? []))]);
}

/** Web and e-mail domains of a company, each once. */
function domainsOf(emails: readonly NormalisedEmail[], website: string | undefined): readonly string[] {
  const domains = emails.filter(({ isFreeProvider }) => !isFreeProvider).map(({ domain }) => domain);
  const own = website === undefined ? undefined : companyDomain(website);
  return orNone([...new Set(own === undefined ? domains : [...domains, own])]);
}

/** How names and addresses are normalised; whoever has a million of them remembers those that come again. */
export interface PartNormalisers {
  readonly personName: typeof normalisePersonName;
  readonly address: typeof normaliseAddress;
}

const plainly: PartNormalisers = { personName: normalisePersonName, address: normaliseAddress };

/**
 * Normalises one canonical record for comparison. Placeholders are left out.
 * @param by gives what `normalisePersonName` and `normaliseAddress` give
 */
export function matchRecord(key: string, kind: MatchRecord['kind'], record: Matchable, by = plainly): MatchRecord {
  const country = homeCountry(record);
  const emails = record.emails?.flatMap((written) => normaliseEmail(written) ?? []) ?? [];
  const addresses = record.addresses?.map((address) => by.address({ ...address, country: address.country ?? country })) ?? [];
  return {
    key,
    kind,
    name: kind === 'person' ? by.personName(record) : undefined,
    companyName: kind === 'company' && record.companyName !== undefined ? normaliseCompanyName(record.companyName) : undefined,
    emails: orNone(emails.map(({ comparison, local, isRole }) => ({ comparison, local, isRole }))),
    phones: orNone(record.phones?.flatMap((written) => normalisePhone(written, country)?.value ?? [])),
    taxId: record.taxId === undefined ? undefined : normaliseTaxId(record.taxId, country),
    documents: orNone(record.documents?.flatMap((written) => normaliseDocument(written) ?? [])),
    birthDate: record.birthDate === undefined || isPlaceholderDate(record.birthDate) ? undefined : record.birthDate,
    postcodes: each(addresses, ({ postcode }) => postcode),
    cities: each(addresses, ({ city }) => city),
    streets: each(addresses, ({ street, number }) => (street === undefined ? undefined : `${street} ${number ?? ''}`.trim())),
    domains: kind === 'company' ? domainsOf(emails, record.website) : none,
  };
}
