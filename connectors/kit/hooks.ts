import type { SourceRecordDraft } from '../../domain/record/source-record.ts';
import type { Statement } from './sql/statement.ts';
import type { Cursor, LinkedSystem, PullPage, RejectedDraft } from './contract.ts';

/** One call to the linked system. Allowed hosts, credentials, limits, retries and the log are the kit's business. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'PROPFIND' | 'REPORT';
  /** From the server's base address, already percent-encoded; a whole address (a next-link) must be on an allowed host. */
  readonly path: string;
  /** The path as the manifest has it, with its placeholders: what a trace may tell. */
  readonly template?: string;
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  readonly json?: unknown;
  readonly form?: Readonly<Record<string, string>>;
  /** A body of another type, as it is sent. */
  readonly raw?: { readonly type: string; readonly body: string | Uint8Array };
  /** The answer is taken as bytes, whatever its type. */
  readonly bytes?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  /** Statuses other than 2xx that are an answer and not an error. */
  readonly expect?: readonly number[];
  /** A call that only reads, so that it may be tried again; GET is one anyway. */
  readonly reads?: boolean;
  /** The path is a link of the vendor: of the host, not of the base address. */
  readonly link?: boolean;
  /** Credits that it costs; 1 when left out. */
  readonly cost?: number;
  /** With a database: what is asked, in place of path, query and body. */
  readonly statement?: Statement;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed when it is JSON, text when it is not, undefined when it is empty; with `bytes` a Uint8Array. */
  readonly body: unknown;
}

/** @throws FichaError whose message names the system, the method and the status, never an address or a body */
export type Send = (call: Call) => Promise<Answer>;

/** What a hook gets: one opened linked system, as the manifest describes it. */
export interface HookContext {
  readonly systemId: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly secret: (name: string) => string;
  readonly send: Send;
  readonly now: () => Date;
  readonly signal: AbortSignal;
}

/** Verbs that a manifest cannot say. Each replaces the manifest's verb of the same name. */
export type Verbs = Partial<Omit<LinkedSystem, 'systemId' | 'capabilities' | 'pull' | 'redraft'>>;

/** What a call carries to say who asks. `mark` names the token, so that a refused one is renewed once by whoever comes first. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly mark?: string;
}

/** What `hooks.ts` of a connector exports as `hooks`: only what the manifest lists under `hooks`. */
export interface Hooks {
  /** Signs in and returns the headers of every later call; asked again, once, when an answer says that the session ended. */
  readonly session?: (context: HookContext) => Promise<Readonly<Record<string, string>>>;
  /** Headers that depend on the call, such as a signature. */
  readonly sign?: (call: Call, context: HookContext) => Promise<Readonly<Record<string, string>>>;
  /** Pages of one stream; undefined leaves the stream to the manifest. */
  readonly listPages?: (stream: string, cursor: Cursor | null, context: HookContext) => AsyncIterable<PullPage> | undefined;
  /** Records made of one listed record; undefined leaves it to the manifest's map. */
  readonly mapRecord?: (
    stream: string,
    raw: unknown,
    context: HookContext,
  ) => readonly (SourceRecordDraft | RejectedDraft)[] | undefined;
  readonly verbs?: (context: HookContext) => Verbs;
}
