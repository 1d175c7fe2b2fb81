import type { ConnectorAbout } from '../../schemas/types.ts';
import type { RecordKind, SourceRecordDraft } from '../../domain/record/source-record.ts';
import type { BudgetRule, BudgetSource } from './budget.ts';
import type { Discovered } from './discovered.ts';
import type { InboundRequest, Received } from './inbound.ts';
import type { Redrafted } from './redraft.ts';
import type { TextLanguage } from './texts.ts';
import type { TokenShelf } from './token-shelf.ts';

/**
 * The contract between Ficha and one kind of external system. A connector is a folder: a manifest, and named hooks only where
 * a manifest cannot say it. It knows the vendor and nothing of the store. Every verb is safe to repeat.
 */
export interface Connector {
  readonly name: string;
  readonly capabilities: Capabilities;
  /** For people, in a language where the connector has its texts, else in English: left out by what is no manifest's connector. */
  readonly about?: (language: TextLanguage) => ConnectorAbout;
  /** The vendor's rate limits with these settings. */
  limits?(config: Readonly<Record<string, unknown>>): readonly BudgetRule[];
  /** Whether a system with these settings can send a message to a client. */
  sends?(config: Readonly<Record<string, unknown>>): boolean;
  /** Opens one linked system. Makes no call; a wrong credential shows at the first verb. */
  open(context: OpenContext): LinkedSystem;
}

/** One message to one address, as plain text. */
export interface OutgoingMail {
  /** The same for a message that is asked for again. */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

export interface OpenContext {
  readonly systemId: string;
  /** The connector's own settings, valid against the manifest's `config` schema. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Reads one secret of this linked system by its name; another system's secret cannot be asked for. */
  readonly secret: (name: string) => string;
  readonly signal: AbortSignal;
  readonly now: () => Date;
  /** Refuses every call that writes, whatever verb makes it: to look at an account without touching it. */
  readonly readOnly?: boolean;
  /** The rate budget that all workers share; one of this process when left out. */
  readonly budget?: BudgetSource;
  /** Where access tokens are kept, sealed, and refreshed by one process at a time; in memory when left out. */
  readonly tokens?: TokenShelf;
}

/** What a connector declares it can do. What is missing becomes a manual task, never a silent skip. */
export interface Capabilities {
  readonly kinds: readonly RecordKind[];
  readonly streams: readonly string[];
  /** Streams that tell what people allow; left out, every stream. */
  readonly consentStreams?: readonly string[];
  readonly incremental: boolean;
  readonly lookup: boolean;
  /** Channels that this system can use to contact a person; empty when it cannot contact anyone. */
  readonly contacts: readonly Channel[];
  readonly suppress: boolean;
  readonly erase: boolean;
  readonly redact: boolean;
  readonly export: boolean;
  readonly verify: boolean;
  readonly discover?: boolean;
  /** Gives out the files that it keeps, so that what is written in them can be looked through. */
  readonly files?: boolean;
  /** Takes the package of a person who wants it handed to whoever keeps this system. */
  readonly take?: boolean;
  readonly webhook?: boolean;
  /** Kinds of which it holds only copies of what another system keeps: no basis keeps them there. */
  readonly copies?: readonly RecordKind[];
  /** What the vendor cannot do, and what a person does instead. */
  readonly gaps?: readonly { readonly verb: string; readonly say: string }[];
  /** Kinds that outlive an erasure there, and on what basis. */
  readonly keeps?: readonly { readonly kind: RecordKind; readonly basis: string }[];
}

export type Channel = 'email' | 'sms' | 'phone' | 'post' | 'messaging';

export interface LinkedSystem {
  readonly systemId: string;
  readonly capabilities: Capabilities;
  /** The vendor's rate limits; none are known when left out. */
  readonly limits?: readonly BudgetRule[];
  /** Reads the account, lists missing rights by verb, never writes. */
  check(): Promise<CheckResult>;
  /** Pages of one stream from `cursor` (null: from the start). At least once: pages may overlap, never skip. */
  pull(stream: string, cursor: Cursor | null): AsyncIterable<PullPage>;
  /**
   * A record that was kept aside, read anew without a call; undefined when only a new listing of its stream can tell. Left out by what is
   * no manifest's connector.
   */
  redraft?(stream: string, raw: unknown): Redrafted | undefined;
  /** Every record that carries one of these identifiers, 0..n. Several is an answer, not an error. */
  lookup(identifiers: readonly Identifier[]): Promise<readonly RecordRef[]>;
  /** What the system now says of contacting this record, read by a path of its own. */
  readConsent(ref: RecordRef): Promise<readonly ConsentReading[]>;
  suppress(ref: RecordRef, order: SuppressionOrder): Promise<SuppressResult>;
  /** The same two for many records in a call, where the vendor can. */
  readonly many?: ConsentOfMany;
  unsuppress(ref: RecordRef, order: UnsuppressionOrder): Promise<SuppressResult>;
  /** Erases in the vendor's true meaning. An absent record is `done`. */
  erase(ref: RecordRef, options: WriteOptions): Promise<EraseResult>;
  /** Everything the system holds of this record, with the fields named as the vendor names them. */
  export(ref: RecordRef): Promise<ExportedRecord | null>;
  /** Whether the record is still there, read by a different path from the write where one exists. */
  verify(ref: RecordRef): Promise<VerifyResult>;
  /** The record that this one is a field of, when it is no record of its own there: it is worked on first and takes this one along. */
  carriedBy?(ref: RecordRef): RecordRef | undefined;
  /** Whether this record can be left there about nobody: a person's by an erasure that empties it, another one by `redact`. */
  anonymises?(ref: RecordRef): boolean;
  /** Blots texts of a record that stays. A second run changes nothing. */
  redact?(ref: RecordRef, order: RedactOrder): Promise<RedactResult>;
  /** The files that it keeps. What is written in them is looked through when somebody is erased. */
  readonly files?: HeldFiles;
  /** Calls made since this was last asked, as the manifest has them: what evidence says was asked. None are known when left out. */
  asked?(): readonly string[];
  /** What this account offers: fields, lists, topics. The same account gives the same answer. */
  discover?(): Promise<Discovered>;
  /**
   * Takes the package of a portability request, straight from us. @returns the status of the answer
   * @throws FichaError `outcome-unknown` when nobody can tell whether it arrived
   */
  take?(handed: HandedPackage): Promise<{ readonly status: number }>;
  /** Sends one message. @throws FichaError `outcome-unknown` when nobody can tell whether it left */
  send?(mail: OutgoingMail): Promise<void>;
  /** Checks and reads one inbound webhook. Makes no call. */
  receive?(request: InboundRequest): Promise<Received>;
  close(): Promise<void>;
}

/** A package on its way to another controller, as JSON, with who says what it is. */
export interface HandedPackage {
  readonly requestId: string;
  readonly about: Readonly<Record<string, string>>;
  readonly signature: object;
  readonly package: unknown;
}

/** Files of a system, whoever's they are. */
export interface HeldFiles {
  /** Every file once, in an order that stays; what is added meanwhile may be missing. */
  list(): AsyncIterable<HeldFile>;
  /** Undefined when it is gone. */
  read(id: string): Promise<ExportedRecord['attachments'][number] | undefined>;
}

export interface HeldFile {
  readonly id: string;
  /** The record that it hangs from, where that is one which Ficha may hold. */
  readonly of: RecordRef | null;
  readonly name: string;
  readonly mediaType: string;
  /** In bytes, where the system tells it before it is read. */
  readonly size: number | null;
  /** Only a link: the file lies somewhere else, and no call of this system reads it. */
  readonly elsewhere?: boolean;
}

export interface RedactOrder extends WriteOptions {
  /** Texts to blot, as they stand in the record. */
  readonly texts: readonly string[];
}

export type RedactResult = Answered & {
  readonly result: 'done' | 'partial' | 'absent' | 'unsupported' | 'would-redact';
  readonly code?: string;
};

/**
 * Where to go on from. Plain JSON, no personal data; `version` grows when a connector changes its meaning. `memory` is what the connector
 * must not forget, such as who was subscribed: a full run starts with it and without the rest.
 */
export interface Cursor {
  readonly version: number;
  readonly memory?: unknown;
  readonly [key: string]: unknown;
}

export interface PullPage {
  readonly records: readonly SourceRecordDraft[];
  /** Records that could not be read or mapped; kept aside, the pull goes on (rule 8). */
  readonly rejected: readonly RejectedDraft[];
  /** Records that the system says are gone. */
  readonly deleted: readonly RecordRef[];
  /** Saved after the page is stored; the next page, or the next run, goes on from here. */
  readonly cursor: Cursor;
  readonly last: boolean;
  /**
   * On the last page of a system that does not report deletions: true when this run listed the whole stream, so that what was
   * not seen is gone at the source.
   */
  readonly complete?: boolean;
}

export interface RejectedDraft {
  readonly externalId?: string;
  readonly reasonCode: string;
  /** Names the field and the rule, never a value. */
  readonly reason: string;
  readonly raw?: unknown;
}

export interface RecordRef {
  readonly kind: RecordKind;
  readonly externalId: string;
}

export interface Identifier {
  readonly kind: 'email' | 'phone' | 'tax-id' | 'external-id';
  readonly value: string;
}

export interface CheckResult {
  readonly ok: boolean;
  readonly account?: string;
  readonly problems: readonly { readonly verb: string; readonly code: string; readonly say: string }[];
}

export interface ConsentReading {
  readonly channel: Channel;
  readonly purpose: string;
  readonly answer: 'granted' | 'denied' | 'pending' | 'unknown';
}

export interface WriteOptions {
  /** Idempotency key (request, system, record, verb): the same key has one effect. */
  readonly key: string;
  /** Makes no write call and says what would be done. */
  readonly dryRun?: boolean;
}

export interface SuppressionOrder extends WriteOptions {
  readonly channel: Channel;
  readonly purpose: string;
}

/** Reads and suppresses many records in a call, for one channel and purpose: all that the system knows of these records. */
export interface ConsentOfMany {
  readonly kind: RecordKind;
  readonly channel: Channel;
  readonly purpose: string;
  /** Most records of one call. */
  readonly size: number;
  /** What is said of each that is there, by external id; 0 <= refs <= size. */
  read(refs: readonly RecordRef[]): Promise<ReadonlyMap<string, ConsentReading['answer']>>;
  /** Suppresses those that are there; only a read afterwards tells which hold it. */
  suppress(refs: readonly RecordRef[]): Promise<void>;
}

/** Contacting again needs the fresh consent event that allows it. */
export interface UnsuppressionOrder extends SuppressionOrder {
  readonly consentEventId: string;
}

interface Answered {
  readonly status?: number;
  readonly vendorRequestId?: string;
}

/** `refused` includes a vendor that answers OK and changes nothing: the read-back decides. */
export type SuppressResult = Answered & {
  readonly result: 'applied' | 'already' | 'refused' | 'unsupported' | 'absent' | 'would-apply';
  readonly code?: string;
};

export type EraseResult = Answered & {
  readonly result: 'done' | 'accepted' | 'refused' | 'partial' | 'would-erase';
  readonly code?: string;
  /** What stays, by name of place, and when the vendor purges it (null: never by itself). */
  readonly residue: readonly Residue[];
};

export interface Residue {
  readonly where: string;
  /** ISO date, or null when only a manual task can remove it. */
  readonly due: string | null;
}

export type VerifyResult = Answered & {
  readonly result: 'gone' | 'present' | 'pending' | 'unknowable';
  /** For `present`: where, by name of place. For `pending`: until when. */
  readonly residue: readonly Residue[];
  readonly count: number;
};

export interface ExportedRecord {
  readonly ref: RecordRef;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly attachments: readonly { readonly name: string; readonly mediaType: string; readonly bytes: Uint8Array }[];
}
