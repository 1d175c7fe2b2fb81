import type { RecordKind } from './source-record.ts';

/** What kind of personal data a canonical field holds. `special`: free text that may say anything about health, belief or union. */
export type DataCategory =
  | 'identity'
  | 'contact'
  | 'tax-id'
  | 'birth'
  | 'commercial'
  | 'conversation'
  | 'document'
  | 'consent'
  | 'origin'
  | 'special';

const ofKind: Readonly<Record<RecordKind, DataCategory>> = {
  person: 'identity',
  company: 'identity',
  sale: 'commercial',
  interaction: 'conversation',
  consent: 'consent',
  document: 'document',
};

const ofField: Readonly<Record<string, DataCategory>> = {
  emails: 'contact',
  phones: 'contact',
  addresses: 'contact',
  website: 'contact',
  taxId: 'tax-id',
  birthDate: 'birth',
  acquisitionSource: 'origin',
  notes: 'special',
};

/** The category of one field of a canonical record; every field has one. */
export const fieldCategory = (kind: RecordKind, field: string): DataCategory =>
  kind === 'person' || kind === 'company' ? (ofField[field] ?? ofKind[kind]) : ofKind[kind];
