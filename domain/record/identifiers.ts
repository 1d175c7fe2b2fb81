import { storedEmail } from './normalise/email.ts';
import { normalisePhone } from './normalise/phone.ts';
import { normaliseTaxId } from './normalise/tax-id.ts';

/** One normalised identifier of a record. */
export interface RecordIdentifier {
  readonly kind: 'email' | 'phone' | 'tax-id';
  readonly value: string;
}

/** What identifiers are read from: a canonical person or company. */
export interface Identified {
  readonly emails?: readonly string[];
  readonly phones?: readonly string[];
  readonly taxId?: string;
  readonly country?: string;
  readonly addresses?: readonly { readonly country?: string }[];
}

/** Where the record says it is at home: its country, else that of its main address. */
export const homeCountry = ({ country, addresses }: Identified): string | undefined => country ?? addresses?.[0]?.country;

/** Every identifier of a person or company in the form that is compared, each once. What cannot be read is left out. */
export function identifiersOf(record: Identified): RecordIdentifier[] {
  const country = homeCountry(record);
  const taxId = record.taxId === undefined ? undefined : normaliseTaxId(record.taxId, country);
  const found: RecordIdentifier[] = [];
  for (const written of record.emails ?? []) add(found, 'email', storedEmail(written));
  for (const written of record.phones ?? []) add(found, 'phone', normalisePhone(written, country)?.value);
  add(found, 'tax-id', taxId?.value);
  return found;
}

/** A record names few: looking through them is cheaper than a table. */
function add(found: RecordIdentifier[], kind: RecordIdentifier['kind'], value: string | undefined): void {
  if (value !== undefined && !found.some((one) => one.kind === kind && one.value === value)) found.push({ kind, value });
}
