/** The kinds of record that a linked system can hold. */
export type RecordKind = 'person' | 'company' | 'sale' | 'interaction' | 'consent' | 'document';

/** One record as a connector read it: raw as the vendor sent it, canonical as `schemas/record/<kind>.schema.json` says. */
export interface SourceRecordDraft {
  readonly kind: RecordKind;
  readonly externalId: string;
  readonly raw: unknown;
  readonly canonical: unknown;
  /** When the source says it changed; ISO 8601 UTC with milliseconds. */
  readonly changedAt?: string;
}
