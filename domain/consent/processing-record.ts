import type { ConnectorAbout, ConsentPolicy } from '../../schemas/types.ts';
import { type DataCategory, fieldCategory } from '../record/field-category.ts';
import type { RecordKind } from '../record/source-record.ts';

/** What the record is made from. Each row is of the store. */
export interface ProcessingParts {
  readonly policy: ConsentPolicy;
  /** What people were asked, by purpose. */
  readonly said: readonly { readonly purpose: string; readonly people: number; readonly linkedSystemIds: readonly string[] }[];
  /** What each linked system holds, by kind of record. */
  readonly held: readonly {
    readonly linkedSystemId: string;
    readonly title: string;
    readonly connector: string;
    readonly kind: string;
    readonly records: number;
    readonly fields: readonly string[];
  }[];
  /** Fields of special categories (GDPR art. 9) of which values were met. */
  readonly special: readonly {
    readonly linkedSystemId: string;
    readonly field: string;
    readonly category: string;
    readonly held: number;
    readonly aside: number;
  }[];
  readonly connectors: readonly ConnectorAbout[];
}

/** One field and the category of personal data that it holds. */
export interface CategorisedField {
  readonly field: string;
  readonly category: DataCategory;
}

/** The fields of one kind of record with their categories. */
export const categorised = (kind: string, fields: readonly string[]): CategorisedField[] =>
  fields.map((field) => ({ field, category: fieldCategory(kind as RecordKind, field) })); // the store checks the kind

/** What protects the data, for the record; who shows it says each in the reader's language. */
export const security = [
  'Envelope encryption of request data under a key per person; destroying the key shreds it',
  'Keyed hashes for tombstones, suppression list and pseudonyms',
  'Roles by token; every look at a ficha is logged before it is shown',
  'Hash-chained, daily signed audit log without personal data',
] as const;

const dataSubjects = ['clients', 'contacts of companies', 'prospects'] as const;

function recipientsOf({ held, special, connectors }: ProcessingParts) {
  return [...new Set(held.map(({ linkedSystemId }) => linkedSystemId))].map((id) => {
    const lines = held.filter(({ linkedSystemId }) => linkedSystemId === id);
    const about = connectors.find(({ name }) => name === lines[0]?.connector);
    const holds = lines.map(({ kind, records, fields }) => ({ kind, records, fields: categorised(kind, fields) }));
    return {
      linkedSystemId: id,
      title: lines[0]?.title ?? id,
      regions: about?.region ?? [],
      transferBasis: about?.transferBasis ?? null,
      categories: [...new Set(holds.flatMap(({ fields }) => fields.map(({ category }) => category)))].sort(),
      holds,
      /** As the vendor names its fields. */
      vendorFields: about?.personal ?? [],
      special: special
        .filter(({ linkedSystemId }) => linkedSystemId === id)
        .map(({ field, category, held: values, aside }) => ({ field, category, held: values, aside })),
    };
  });
}

function purposesOf({ policy, said }: ProcessingParts) {
  return Object.entries(policy.purposes).map(([name, { title, optional, legalBasis, dpv, channels, ...rest }]) => {
    const of = said.filter(({ purpose }) => purpose === name);
    return {
      purpose: name,
      title,
      legalBasis,
      dpv,
      optional,
      channels,
      specialCategories: rest.specialCategories ?? [],
      expiresAfterMonths: rest.expiresAfterMonths ?? null,
      texts: (rest.texts ?? []).map(({ version, from }) => ({ version, from })),
      people: of.reduce((sum, { people }) => sum + people, 0),
      saidIn: [...new Set(of.flatMap(({ linkedSystemIds }) => linkedSystemIds))].sort(),
    };
  });
}

/**
 * The record of processing activities, from the policy, the ledger and what is linked.
 * @param at ISO 8601 UTC
 * @see Regulation (EU) 2016/679, art. 30(1)
 */
export function processingRecord(parts: ProcessingParts, at: string) {
  const { policy, said } = parts;
  const recipients = recipientsOf(parts);
  const unconfigured = said.filter(({ purpose }) => purpose !== '*' && !Object.hasOwn(policy.purposes, purpose));
  return {
    generatedAt: at,
    controller: policy.controller,
    purposes: purposesOf(parts),
    unconfiguredPurposes: [...new Set(unconfigured.map(({ purpose }) => purpose))],
    dataSubjects,
    recipients,
    transfers: recipients.filter(({ transferBasis }) => transferBasis !== null),
    retention: policy.retention,
    security,
  };
}

export type ProcessingRecord = ReturnType<typeof processingRecord>;
