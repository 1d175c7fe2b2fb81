import type { RecordKind } from '../record/source-record.ts';

/** What of a record can be recognised again. */
export interface RecognisableRecord {
  readonly systemId: string;
  readonly kind: RecordKind;
  readonly externalId: string;
  /** Kinds other than person and company: external id, in the same system, of the person it belongs to. */
  readonly clientExternalId?: string | undefined;
  /** Normalised, as in `client_identifier`; those of kind `external-id` are ignored. */
  readonly identifiers: readonly { readonly kind: string; readonly value: string }[];
}

export interface TombstoneText {
  readonly kind: 'email' | 'phone' | 'tax-id' | 'record';
  /** What is hashed under the key for tombstones. */
  readonly text: string;
}

const isKind = (kind: string): kind is 'email' | 'phone' | 'tax-id' => kind === 'email' || kind === 'phone' || kind === 'tax-id';

/**
 * The texts whose hashes tell an erased record or person from others: the record itself, the person it hangs from, and each
 * identifier. Written at an erasure, compared at every arrival (rule 6).
 */
export function tombstoneTexts({
  systemId,
  kind,
  externalId,
  clientExternalId,
  identifiers,
}: RecognisableRecord): TombstoneText[] {
  const texts: TombstoneText[] = [{ kind: 'record', text: `record:${systemId}:${kind}:${externalId}` }];
  if (clientExternalId !== undefined) texts.push({ kind: 'record', text: `record:${systemId}:person:${clientExternalId}` });
  for (const one of identifiers) if (isKind(one.kind)) texts.push({ kind: one.kind, text: `${one.kind}:${one.value}` });
  return texts;
}
