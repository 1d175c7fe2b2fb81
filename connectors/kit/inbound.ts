import type { SourceRecordDraft } from '../../domain/record/source-record.ts';
import type { ConsentReading, RecordRef, RejectedDraft } from './contract.ts';

/** One HTTP request of a vendor to Ficha, as it came. */
export interface InboundRequest {
  readonly method: string;
  /** As the vendor was given it, since some sign it. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface InboundEvent {
  /** Makes a replay known. */
  readonly id: string;
  readonly kind: 'changed' | 'deleted' | 'consent' | 'hard-bounce' | 'complaint' | 'record';
  readonly at: string | null;
  /** Whom it is about; by address when the vendor gives no id. */
  readonly ref: RecordRef | null;
  readonly email?: string;
  readonly consent?: ConsentReading;
  /** With kind `record`: what the event itself holds. */
  readonly received?: ReceivedRecords;
}

/** Records that came to Ficha by themselves, of one stream. */
export interface ReceivedRecords {
  readonly stream: string;
  /** Only some fields were said; the others stay as they were. */
  readonly partial: boolean;
  readonly records: readonly SourceRecordDraft[];
  readonly rejected: readonly RejectedDraft[];
}

export type Received =
  | { readonly result: 'accepted'; readonly events: readonly InboundEvent[]; readonly echoes: number; readonly unknown: number }
  | { readonly result: 'refused'; readonly code: string; readonly say: string };
