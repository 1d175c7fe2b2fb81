import { homeCountry, type Identified, identifiersOf } from '../../domain/record/identifiers.ts';
import { normaliseCompanyName } from '../../domain/record/normalise/company-name.ts';
import { normalisePhone } from '../../domain/record/normalise/phone.ts';
import { normaliseTaxId } from '../../domain/record/normalise/tax-id.ts';
import { searchWords } from '../../domain/record/normalise/search-words.ts';
import { type Candidate, type GoldenValue, survivor, survivorshipPolicy } from '../../domain/record/survivorship.ts';
import type { SurvivorshipPolicy } from '../../schemas/types.ts';
import type { ResolvableRecord } from '../../store/read/match.ts';
import type { ClientToSave } from '../../store/write/clients.ts';

/** How golden values are chosen: the policy, ready for use. */
export interface Golden {
  readonly policy: SurvivorshipPolicy;
  readonly verifiedSystems: ReadonlySet<string>;
}

/** The rules of a policy; those that ship with Ficha when left out. */
export const goldenOf = (policy: SurvivorshipPolicy = survivorshipPolicy): Golden => ({
  policy,
  verifiedSystems: new Set(policy.verifiedSystems ?? []),
});

const passesCheckDigits = ({ canonical }: ResolvableRecord, value: unknown): boolean =>
  typeof value === 'string' && (normaliseTaxId(value, homeCountry(canonical as Identified))?.valid ?? false);

/** The same number is one number, however each system writes it; what cannot be read as one stays as it is written. */
const asOneNumber = (record: ResolvableRecord, phones: unknown): unknown => {
  if (!Array.isArray(phones)) return phones;
  const country = homeCountry(record.canonical as Identified);
  return phones.map((phone: unknown) => (typeof phone === 'string' ? (normalisePhone(phone, country)?.value ?? phone) : phone));
};

const candidate = (record: ResolvableRecord, field: string, { verifiedSystems }: Golden): Candidate => {
  const written = record.canonical[field];
  const value = field === 'phones' ? asOneNumber(record, written) : written;
  return {
    sourceRecordId: record.id,
    linkedSystemId: record.systemId,
    value,
    at: record.changedAt,
    sourceRank: record.sourceRank,
    verified: verifiedSystems.has(record.systemId) || (field === 'taxId' && passesCheckDigits(record, value)),
  };
};

/** The golden value of every field that one of the records has. */
function goldenValues(records: readonly ResolvableRecord[], golden: Golden): GoldenValue[] {
  const saying = new Map<string, Candidate[]>();
  for (const record of records) {
    for (const field of Object.keys(record.canonical)) {
      const known = saying.get(field);
      if (known === undefined) saying.set(field, [candidate(record, field, golden)]);
      else known.push(candidate(record, field, golden));
    }
  }
  return [...saying.keys()].sort().flatMap((field) => survivor(field, saying.get(field) ?? [], golden.policy) ?? []);
}

const textOf = (golden: Readonly<Record<string, unknown>>, field: string): string | null => {
  const value = golden[field];
  return typeof value === 'string' ? value : null;
};

function nameOf(kind: 'person' | 'company', golden: Readonly<Record<string, unknown>>): string | null {
  if (kind === 'company') return textOf(golden, 'companyName');
  const parts = [textOf(golden, 'givenName'), textOf(golden, 'familyName')].filter((part) => part !== null);
  return parts.length === 2 ? parts.join(' ') : (textOf(golden, 'fullName') ?? parts[0] ?? null);
}

function countryOf(golden: Readonly<Record<string, unknown>>): string | null {
  const [address] = Array.isArray(golden['addresses']) ? (golden['addresses'] as readonly { readonly country?: string }[]) : [];
  return textOf(golden, 'country') ?? address?.country ?? null;
}

/** What the search box finds a client by; a company by every way its name is written, IBM as well as I.B.M. */
function searchNameOf(kind: 'person' | 'company', displayName: string, records: readonly ResolvableRecord[]): string {
  if (kind === 'person') return searchWords(displayName);
  const written = records.flatMap(({ canonical }) =>
    typeof canonical['companyName'] === 'string' ? [canonical['companyName']] : [],
  );
  const spellings = [...written.flatMap((name) => normaliseCompanyName(name) ?? []).sort(), searchWords(displayName)];
  return [...new Set(spellings)].join(' ');
}

/** What became of one cluster: its client, the clients that it took in, and the records that were written since they were last decided. */
export interface Cluster {
  readonly clientId: string;
  readonly absorbed: readonly string[];
  readonly changed: ReadonlySet<string>;
}

/** The golden record of one cluster, with the provenance of every value. @param records n >= 1, all of one kind, as they were before */
export function goldenClient(
  { clientId: id, absorbed, changed }: Cluster,
  kind: 'person' | 'company',
  records: readonly ResolvableRecord[],
  rules: Golden,
): ClientToSave {
  const renewed = records.filter((record) => record.clientId !== id || changed.has(record.id));
  const values = goldenValues(records, rules);
  const golden = Object.fromEntries(values.map(({ field, value }) => [field, value]));
  const displayName = nameOf(kind, golden);
  return {
    id,
    kind,
    displayName,
    searchName: displayName === null ? null : searchNameOf(kind, displayName, records),
    golden,
    country: countryOf(golden),
    acquisitionSource: textOf(golden, 'acquisitionSource'),
    recordIds: records.map((record) => record.id),
    absorbed,
    provenance: values.map(({ field, rule, from, losing }) => ({
      field,
      sourceRecordId: from.sourceRecordId,
      linkedSystemId: from.linkedSystemId,
      rule,
      at: from.at,
      losing,
    })),
    unidentified: renewed.flatMap((record) => (record.clientId === null ? [] : [record.id])),
    identifiers: renewed.flatMap((record) => [
      ...identifiersOf(record.canonical as Identified).map((one) => ({ ...one, recordId: record.id })),
      { kind: 'external-id', value: `${record.systemId}:${record.externalId}`, recordId: record.id },
    ]),
  };
}
