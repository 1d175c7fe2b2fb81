import { normaliseEmail } from './normalise/email.ts';
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
  const found: (RecordIdentifier | undefined)[] = [
    ...(record.emails ?? []).map((written) => asIdentifier('email', normaliseEmail(written)?.value)),
    ...(record.phones ?? []).map((written) => asIdentifier('phone', normalisePhone(written, country)?.value)),
    asIdentifier('tax-id', taxId?.value),
  ];
  const unique = new Map(found.flatMap((one) => (one === undefined ? [] : [[`${one.kind}:${one.value}`, one] as const])));
  return [...unique.values()];
}

const asIdentifier = (kind: RecordIdentifier['kind'], value: string | undefined): RecordIdentifier | undefined =>
  value === undefined ? undefined : { kind, value };
