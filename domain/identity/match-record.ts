import { type NormalisedEmail, normaliseEmail } from '../record/normalise/email.ts';
import { companyDomain } from '../record/normalise/email.ts';
import { fold } from '../record/normalise/fold.ts';
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
  /** Postcodes and cities, folded. */
  readonly places: readonly string[];
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
  readonly addresses?: readonly { readonly country?: string; readonly postcode?: string; readonly city?: string }[];
}

/** Normalises one canonical record for comparison. Placeholders are left out. */
export function matchRecord(key: string, kind: MatchRecord['kind'], record: Matchable): MatchRecord {
  const country = homeCountry(record);
  const emails = (record.emails ?? []).flatMap((written) => normaliseEmail(written) ?? []);
  const domains = [
    ...emails.filter(({ isFreeProvider }) => !isFreeProvider).map(({ domain }) => domain),
    ...(record.website === undefined ? [] : [companyDomain(record.website) ?? []].flat()),
  ];
  return {
    key,
    kind,
    name: kind === 'person' ? normalisePersonName(record) : undefined,
    companyName: kind === 'company' && record.companyName !== undefined ? normaliseCompanyName(record.companyName) : undefined,
    emails,
    phones: (record.phones ?? []).flatMap((written) => normalisePhone(written, country)?.value ?? []),
    taxId: record.taxId === undefined ? undefined : normaliseTaxId(record.taxId, country),
    birthDate: record.birthDate === undefined || isPlaceholderDate(record.birthDate) ? undefined : record.birthDate,
    places: (record.addresses ?? []).flatMap(({ postcode, city }) =>
      [postcode, city].flatMap((place) => (place === undefined ? [] : fold(place).replaceAll(/\s+/g, ' ').trim())),
    ),
    domains: kind === 'company' ? [...new Set(domains)] : [],
  };
}

/** What two records must share to be compared. The text is hashed before it is stored. */
export interface MatchKey {
  readonly kind: 'email' | 'phone' | 'tax-id' | 'name-birth' | 'company-name';
  readonly text: string;
}

/** The keys under which a record finds its candidates, each once. */
export function matchKeys(record: MatchRecord): MatchKey[] {
  const keys: MatchKey[] = [
    ...record.emails.map(({ comparison }) => ({ kind: 'email', text: `${record.kind}:${comparison}` }) as const),
    ...record.phones.map((phone) => ({ kind: 'phone', text: `${record.kind}:${phone}` }) as const),
  ];
  if (record.taxId?.valid) keys.push({ kind: 'tax-id', text: `${record.kind}:${record.taxId.value}` });
  if (record.name && record.birthDate) keys.push({ kind: 'name-birth', text: `${record.name.sorted}|${record.birthDate}` });
  if (record.companyName) keys.push({ kind: 'company-name', text: record.companyName });
  return [...new Map(keys.map((key) => [`${key.kind}:${key.text}`, key])).values()];
}
