// Generated from schemas/**/*.schema.json by `npm run generate`. Not edited by hand.

/**
 * Approves the plan that was seen, or refuses the request. The first decision stands.
 */
export type DecideRequest = DecideRequest1;
/**
 * What a client told you themselves about being contacted: on the telephone, in the shop, by letter. A yes needs its proof.
 */
export type RecordConsent = RecordConsent1;
/**
 * Decides one value of a special category that is kept aside: record the basis that allows to hold it, or drop it. Without a decision it waits for the person's explicit yes.
 */
export type SettleSpecialData = SettleSpecialData1;

/**
 * Answers a review task: are the two clients the same? One answer settles every pair of their records.
 */
export interface AnswerReview {
  taskId: string;
  answer: 'same' | 'different' | 'later';
  /**
   * later: out of the list for so many days; 7 when left out
   */
  laterDays?: number;
  /**
   * true: say what would happen and change nothing
   */
  dryRun?: boolean;
}
/**
 * Asks, before a send, which recipients may be written to for one purpose on one channel.
 */
export interface AskContactable {
  /**
   * As the consent ledger names it: marketing, service
   */
  purpose: string;
  channel: 'email' | 'sms' | 'phone' | 'messaging';
  /**
   * not-needed: the message rests on another basis (a contract, a legal duty); objections, holds and the suppression list still count. As the purpose is configured when left out
   */
  consent?: 'needed' | 'not-needed';
  /**
   * @minItems 1
   * @maxItems 10000
   */
  recipients: {
    /**
     * E-mail address, or telephone number with its +prefix
     */
    address: string;
    /**
     * Of a telephone number without +prefix, ISO 3166-1 alpha-2
     */
    country?: string;
    /**
     * The client whom the message is for: an address that another client carries too is refused
     */
    clientId?: string;
  }[];
}
/**
 * A court or an authority asks for what an erasure left blocked: the first of two people writes its order down.
 */
export interface AskRelease {
  requestId: string;
  /**
   * Of the order, as its sender writes it; without personal data
   */
  reference: string;
}
export interface DecideRequest1 {
  requestId: string;
  decision: 'approved' | 'refused';
  /**
   * Approval: the hash shown with the plan, so that no other plan is approved
   */
  planHash?: string;
  /**
   * Refusal: why (GDPR 12(4)); no personal data
   */
  reason?: string;
}
/**
 * Takes addresses and numbers off the suppression list for one reason. A person's own no is not taken off: only their later yes counts more. The linked systems are told where the person's word allows it; else a task opens.
 */
export interface DelistExclusions {
  /**
   * For which they were listed
   */
  reason: 'exclusion-list' | 'complaint' | 'hard-bounce' | 'ended-relation' | 'no-interest' | 'unconfirmed';
  /**
   * Why they come off: kept in the audit log
   */
  because: 'listed-by-mistake' | 'off-the-list' | 'address-works' | 'asked-by-the-person';
  /**
   * Where the proof is, as ticket/4711; no personal data
   */
  reference?: string;
  /**
   * @minItems 1
   * @maxItems 10000
   */
  identifiers: {
    /**
     * E-mail address, or telephone number with its +prefix
     */
    address: string;
    /**
     * Of a telephone number without +prefix, ISO 3166-1 alpha-2
     */
    country?: string;
  }[];
}
/**
 * One page of everybody who may be contacted now for one purpose on one channel; who may not is not in it.
 */
export interface ExportAudience {
  purpose: string;
  channel: 'email' | 'sms' | 'phone' | 'messaging';
  /**
   * `next` of the page before
   */
  after?: string;
}
/**
 * Extends the deadline of a request to three months after its receipt (GDPR art. 12(3)). Send the reasoned notice to the person first.
 */
export interface ExtendRequest {
  /**
   * When the notice went to the person; inside the first month
   */
  noticeAt: string;
  /**
   * Why, without personal data
   */
  reason: string;
}
/**
 * A copy of a document that a linked system lists, kept sealed; one that was kept before gives way. It goes when the document is erased.
 */
export interface KeepDocument {
  /**
   * As in application/pdf
   */
  mediaType: string;
  /**
   * base64, at most 8 MiB of file
   */
  content: string;
}
/**
 * Ends a restriction. The person is told before (GDPR art. 18(3)): Ficha sends the notice by e-mail and lifts only once the mail server has taken it; or you posted the letter and say when.
 */
export interface LiftRestriction {
  /**
   * When the letter (GET /v1/requests/:id/notices/lifting) went out; left out, Ficha sends it by e-mail now
   */
  noticeAt?: string;
  /**
   * Which address of the client gets the e-mail; their main one when left out
   */
  address?: string;
}
/**
 * Says of two records that they are the same client, or that they are not, on every later run too, until it is undone.
 */
export interface LinkRecords {
  one: string;
  other: string;
  answer: 'same' | 'different';
}
/**
 * Links one external system, or changes the settings of one that is linked.
 */
export interface LinkSystem {
  /**
   * Your short name for it, for example erp
   */
  id: string;
  /**
   * The connector's name: a folder of connectors/
   */
  connector: string;
  /**
   * What people call it
   */
  title: string;
  /**
   * Settings of the connector; under `secrets`, references only: env:NAME or file:PATH
   */
  config: {
    [k: string]: unknown;
  };
  syncEveryMinutes?: number;
  /**
   * Survivorship: the smaller wins
   */
  sourceRank?: number;
}
/**
 * Puts addresses and numbers on the suppression list: an exclusion list such as Robinson's, an ended relation, no interest. Clients who carry them are suppressed in every linked system.
 */
export interface ListExclusions {
  reason: 'exclusion-list' | 'opt-out' | 'complaint' | 'hard-bounce' | 'ended-relation' | 'no-interest' | 'unconfirmed';
  /**
   * * is every purpose, and so when left out
   */
  purpose?: string;
  /**
   * any when left out
   */
  channel?: 'email' | 'sms' | 'phone' | 'post' | 'messaging' | 'any';
  /**
   * Since when; now when left out
   */
  since?: string;
  /**
   * @minItems 1
   * @maxItems 10000
   */
  identifiers: {
    /**
     * E-mail address, or telephone number with its +prefix
     */
    address: string;
    /**
     * Of a telephone number without +prefix, ISO 3166-1 alpha-2
     */
    country?: string;
  }[];
}
/**
 * Makes a link by which one client sees and changes what they allow, without a login, and the headers of a one-click unsubscribe (RFC 8058).
 */
export interface MakePreferenceLink {
  clientId: string;
  /**
   * What one click unsubscribes from; marketing when left out
   */
  purpose?: string;
  /**
   * On which channel; email when left out
   */
  channel?: 'email' | 'sms' | 'phone' | 'post' | 'messaging';
  /**
   * How long the link holds; 90 when left out
   */
  days?: number;
}
/**
 * Makes several clients one, on every later run too, until it is undone. The larger part keeps its id; the other ids still resolve.
 */
export interface MergeClients {
  /**
   * @minItems 2
   * @maxItems 10
   */
  clientIds: string[];
  /**
   * true: say what would happen and change nothing
   */
  dryRun?: boolean;
}
/**
 * Notes messages that were sent, so that the gate can answer too-often (frequency caps of the consent policy).
 */
export interface NoteContacts {
  channel: 'email' | 'sms' | 'phone' | 'messaging';
  /**
   * When they were sent; now when left out
   */
  at?: string;
  /**
   * @minItems 1
   * @maxItems 10000
   */
  recipients: {
    /**
     * E-mail address, or telephone number with its +prefix
     */
    address: string;
    /**
     * Of a telephone number without +prefix, ISO 3166-1 alpha-2
     */
    country?: string;
  }[];
}
/**
 * Notes another controller that was given data of a client outside Ficha: it is named in the client's next answer of access, and told of a later erasure, rectification or restriction (GDPR art. 19). Noted again, it is as said last.
 */
export interface NoteRecipient {
  clientId: string;
  /**
   * What names the receiver in plans and evidence: its internet host, or a short code; never a person's name
   */
  place: string;
  /**
   * How the receiver is called in the answer to the person; `place` when left out
   */
  title?: string;
  /**
   * When it was given the data; now when left out
   */
  givenAt?: string;
  /**
   * The note was a mistake: it is taken back, and the receiver had nothing
   */
  mistaken?: true;
}
/**
 * Opens a privacy request for one client. Find the client first; only a rectification and a request for a person that Ficha does not know carry personal data, and keep it sealed.
 */
export interface OpenRequest {
  type: 'access' | 'rectification' | 'erasure' | 'restriction' | 'portability' | 'objection';
  clientId?: string;
  /**
   * In place of clientId, for a person of whom Ficha knows nothing: every linked system is asked for these, and a found-nothing answer has its evidence. Kept sealed under the person's key
   *
   * @minItems 1
   * @maxItems 20
   */
  lookFor?: LookFor[];
  /**
   * When the person asked; now when left out. The deadline counts from here
   */
  receivedAt?: string;
  /**
   * How the person proved who they are: a login, a link that you send to an address on the ficha, or you vouch for them; manual when left out. Never ask for a copy of an identity card by default
   */
  identity?: 'login' | 'link' | 'manual';
  /**
   * Objection: against marketing it holds at once; marketing when left out
   */
  scope?: 'marketing' | 'other';
  /**
   * Rectification: what is wrong and what it must be. Kept sealed under the person's key
   *
   * @minItems 1
   * @maxItems 50
   */
  changes?: CorrectionOrder[];
  /**
   * Whose holidays and retention rules hold; the client's country when left out
   */
  country?: string;
}
export interface LookFor {
  kind: 'email' | 'phone' | 'tax-id';
  value: string;
}
export interface CorrectionOrder {
  field: string;
  old: string | null;
  new: string;
}
/**
 * Somebody who was erased became a client again by an act of their own: from now on what the systems bring of them is written. Old copies of erased records stay out, and so do opt-outs.
 */
export interface ReadmitPerson {
  /**
   * @minItems 1
   * @maxItems 20
   */
  identifiers: ReadmittedIdentifier[];
  /**
   * When the person said so: after the erasure, and not in the future
   */
  givenAt: string;
  how: 'form' | 'paper' | 'in-person' | 'phone' | 'email' | 'contract';
  /**
   * Of what proves it, which you keep
   */
  proofSha256?: string;
}
export interface ReadmittedIdentifier {
  kind: 'email' | 'phone' | 'tax-id';
  value: string;
}
export interface RecordConsent1 {
  clientId: string;
  /**
   * Why: marketing, service... * is every purpose (GDPR 21(3))
   */
  purpose: string;
  /**
   * any is every channel
   */
  channel: 'email' | 'sms' | 'phone' | 'post' | 'messaging' | 'any';
  answer: 'granted' | 'denied';
  /**
   * When they said it; now when left out
   */
  at?: string;
  /**
   * How they said it
   */
  how: 'telephone' | 'in-person' | 'letter' | 'email' | 'form';
  /**
   * A yes: which version of the text they were read or shown
   */
  textVersion?: string;
  /**
   * Of that text
   */
  language?: string;
  /**
   * Where the proof is: a reference, no personal data
   */
  evidence?: string;
  /**
   * Who said it; for a child, the holder of parental responsibility (GDPR art. 8). The person when left out
   */
  givenBy?: 'person' | 'holder-of-parental-responsibility';
}
/**
 * Orders work on the metrics. Sent again, it finds the work that is going on; the answer says when it is done.
 */
export interface RunAnalytics {
  /**
   * release: publish every closed month; preview-release: say what that would publish; verify: compare ClickHouse with PostgreSQL; rebuild: build ClickHouse again under new pseudonyms
   */
  work: 'release' | 'preview-release' | 'verify' | 'rebuild';
}
/**
 * Pulls one linked system now, or replays what is kept aside of it.
 */
export interface RunSync {
  systemId: string;
  /**
   * incremental when left out; replay: records kept aside are read anew from what is kept of them
   */
  mode?: 'full' | 'incremental' | 'replay';
}
/**
 * Answers a task about what somebody allows: the system is told and read back again, or a person did it.
 */
export interface SettleConsentTask {
  taskId: string;
  /**
   * look-again: tell the system once more and read it back; a new task opens if it does not obey. done: a person did it
   */
  answer: 'look-again' | 'done';
  /**
   * With done: what was done and where the proof is; no personal data
   */
  evidence?: string;
}
/**
 * A person's answer to what stopped a privacy request. The request then looks again by itself.
 */
export interface SettlePrivacyTask {
  taskId: string;
  /**
   * namesake: same-person or other-person; manual-task, beyond-reach, blocked-held, recipient-untold: done; needs-attention, cannot-locate, objection-open: look-again, once what failed is repaired; mention: redact or leave; redact-by-hand: done; deadline-near, deadline-escalated, returned-record, reappeared: seen
   */
  answer: 'same-person' | 'other-person' | 'done' | 'look-again' | 'seen' | 'redact' | 'leave';
  proof?: ManualProof;
}
/**
 * Of a manual task that is done: the file that proves it, kept sealed
 */
export interface ManualProof {
  mediaType: string;
  /**
   * base64, at most 8 MiB of file
   */
  content: string;
}
/**
 * Decides a proposal of the retention round: an erasure request is opened, one that anonymises or one that deletes, or the client is kept with a reason.
 */
export interface SettleRetention {
  taskId: string;
  /**
   * anonymise: the plan leaves what says nothing of the person without them, a sale, a record emptied in place; the rest is deleted
   */
  answer: 'erase' | 'anonymise' | 'keep';
  /**
   * Why the client is kept; no personal data
   */
  reason?: string;
}
export interface SettleSpecialData1 {
  /**
   * From GET /v1/special-data
   */
  id: string;
  answer: 'release' | 'drop';
  /**
   * release: the basis under GDPR art. 9(2) and where it is documented; no personal data
   */
  basis?: string;
}
/**
 * Parts records from a client: they become a client of their own, on every later run too, until it is undone.
 */
export interface SplitClient {
  clientId: string;
  /**
   * Records that go: the id that Ficha gave them, or <linked system>:<external id>
   *
   * @minItems 1
   * @maxItems 200
   */
  records: string[];
  /**
   * true: say what would happen and change nothing
   */
  dryRun?: boolean;
}
/**
 * Sends the package of a closed portability request straight to another controller, as the person asked (GDPR art. 20(2)): to an address whose host is one of `transferHosts` in the privacy policy, or by the connector of a linked system that takes packages. One of the two.
 */
export interface TransferPackage {
  /**
   * Where the other controller takes packages; https. Nothing of the person may be in it: the host is in the audit log
   */
  url?: string;
  /**
   * A linked system whose connector takes packages
   */
  systemId?: string;
}
/**
 * Takes back a decision on clients: a split, a merge, a link or an answer to a review.
 */
export interface UndoDecision {
  decisionId?: string;
  /**
   * Instead: the review whose answer is taken back
   */
  taskId?: string;
}
/**
 * Sends one e-mail to one client, to an address of theirs and of nobody else's, once the question before a send is answered with yes; the message is kept on the timeline.
 */
export interface WriteToClient {
  /**
   * Made by the caller: the same message is sent once, however often it is asked for
   */
  id: string;
  clientId: string;
  /**
   * One of the client's e-mail addresses
   */
  address: string;
  /**
   * service: about what the client has with you (a contract, an answer), needs no consent; objections, holds and the suppression list count all the same. marketing needs the client's yes and carries a one-click unsubscribe
   */
  purpose: 'service' | 'marketing';
  /**
   * A linked system that can send (GET /v1/mailers); your mail server when left out. Marketing goes by the mail server alone: its one-click unsubscribe needs headers that vendors drop
   */
  by?: string;
  subject: string;
  text: string;
}
/**
 * What a connector is and can do, for people who link a system or answer for it. Made from its manifest.
 */
export interface ConnectorAbout {
  name: string;
  title: string;
  /**
   * Of its texts: the one asked for, or en when they lack one
   */
  language: 'es' | 'it' | 'fr' | 'en';
  /**
   * The vendor's page
   */
  docs: string;
  /**
   * Where the vendor keeps the data
   */
  region: string[];
  /**
   * Ground of a transfer out of the EEA
   */
  transferBasis: string | null;
  /**
   * Names that a linked system gives as env:NAME or file:PATH
   */
  secrets: string[];
  settings: ConnectorSetting[];
  scopes: ConnectorScope[];
  /**
   * Whether it can erase at all
   */
  erases: boolean;
  /**
   * What erasing means there: hard, soft, redact...
   */
  eraseModes: string[];
  eraseNotes: ConnectorEraseNote[];
  /**
   * Places where something stays after an erasure
   */
  residue: string[];
  /**
   * Its fields that hold personal data, as the vendor names them
   */
  personal: ConnectorPersonalField[];
  gaps: ConnectorGap[];
  keeps: ConnectorKeep[];
}
export interface ConnectorSetting {
  name: string;
  /**
   * list: texts, one a line
   */
  type: 'string' | 'integer' | 'number' | 'boolean' | 'list' | 'array' | 'object';
  description: string;
  required: boolean;
  /**
   * As a person would type it
   */
  default: string | null;
  choices: string[];
  /**
   * How an array or object looks, as JSON
   */
  example: string | null;
}
export interface ConnectorScope {
  /**
   * As the vendor names it
   */
  scope: string;
  verbs: string[];
  /**
   * Where to click in the vendor
   */
  grant: string;
}
export interface ConnectorEraseNote {
  kind: string;
  /**
   * What erasing really does there
   */
  say: string;
}
export interface ConnectorPersonalField {
  stream: string;
  field: string;
  /**
   * identity, contact, tax, birth, location, behaviour, free-text, financial, special
   */
  category: string;
}
export interface ConnectorGap {
  verb: string;
  /**
   * What a person does instead
   */
  say: string;
}
export interface ConnectorKeep {
  kind: string;
  basis: string;
}
/**
 * What a manifest says to people, in their languages: connectors/<system>/texts.yaml. The manifest holds the English.
 */
export interface ConnectorTexts {
  /**
   * Texts that are the same in every language: addresses, names on the vendor's screens
   */
  asIs?: string[];
  /**
   * By the English of the manifest
   */
  texts?: {
    [k: string]: TranslatedText;
  };
}
export interface TranslatedText {
  es: string;
  it: string;
  fr: string;
}
/**
 * What Ficha knows of one kind of external system, without code: how to sign in, list, map, suppress, erase, export and verify.
 */
export interface ConnectorManifest {
  /**
   * The name of the folder
   */
  name: string;
  title: string;
  /**
   * Grows when the meaning of a cursor or of a field changes
   */
  version: number;
  vendor: {
    docs: string;
    /**
     * The vendor's data-processing agreement
     */
    dpa?: string;
    /**
     * Where the vendor keeps the data: eu, us, self-hosted...
     */
    region?: string[];
    /**
     * Ground of a transfer out of the EEA
     */
    transferBasis?: string;
  };
  /**
   * JSON Schema of the settings of a linked system
   */
  config?: {
    [k: string]: unknown;
  };
  /**
   * Names of the secrets that a linked system must give as env:NAME or file:PATH
   */
  secrets?: string[];
  auth?: ConnectorAuth;
  server?: ConnectorServer;
  database?: ConnectorDatabase;
  /**
   * What comes from it is in Ficha alone: nothing has to be erased, exported or verified there
   */
  keepsNothing?: boolean;
  limits?: RateLimit[];
  /**
   * The first that matches an answer decides
   */
  errors?: ErrorFilter[];
  /**
   * Streams in the order of a sync; the name is the kind of record unless `kind` says otherwise
   */
  entities: {
    [k: string]: ManifestEntity;
  };
  /**
   * Only for streams that hooks list; else it follows from the cursors
   */
  incremental?: boolean;
  check?: RequestStep;
  lookup?: LookupRule[];
  consent?: ConsentRule[];
  /**
   * Channels that the system can use to contact a person; follows from `consent` unless hooks speak for it
   */
  contacts?: ('email' | 'sms' | 'phone' | 'post' | 'messaging')[];
  /**
   * By kind of record, or by stream where several hold that kind
   */
  erase?: {
    [k: string]: EraseRule;
  };
  /**
   * By kind of record, or by stream where several hold that kind
   */
  verify?: {
    [k: string]: VerifyRule;
  };
  /**
   * By kind of record, or by stream where several hold that kind
   */
  export?: {
    [k: string]: ExportRule;
  };
  /**
   * What hooks.ts says in place of this manifest: shown in the docs, checked against the code
   */
  hooks?: (
    | 'session'
    | 'sign'
    | 'listPages'
    | 'mapRecord'
    | 'check'
    | 'lookup'
    | 'readConsent'
    | 'suppress'
    | 'unsuppress'
    | 'erase'
    | 'redact'
    | 'export'
    | 'files'
    | 'verify'
    | 'close'
    | 'discover'
    | 'receive'
  )[];
  /**
   * What outlives an erasure there and on what basis
   */
  keep?: KeepRule[];
  /**
   * Kinds of which it holds only copies of what another system keeps, as a mailer holds a shop's orders: no law keeps a copy
   */
  copies?: ('person' | 'company' | 'sale' | 'interaction' | 'consent' | 'document')[];
  /**
   * By kind of record, or by stream where several hold that kind
   */
  redact?: {
    [k: string]: RedactRule;
  };
  /**
   * Name of what is listed (fields of a stream, topics, lists): the call that lists it
   */
  discover?: {
    [k: string]: DiscoverRule;
  };
  webhook?: WebhookRule;
  send?: SendRule;
  take?: TakeRule;
  files?: FilesRule;
  /**
   * Rights to grant in the vendor, by verb; `check` tries each probe
   */
  scopes?: ScopeRule[];
  /**
   * What the vendor cannot do. `erase` and `search-files` (what is inside files kept there) are a manual task with evidence in every erasure that they touch
   */
  gaps?: {
    verb:
      | 'pull'
      | 'lookup'
      | 'suppress'
      | 'unsuppress'
      | 'erase'
      | 'search-files'
      | 'redact'
      | 'export'
      | 'verify'
      | 'webhook'
      | 'discover';
    /**
     * What a person must do instead
     */
    say: string;
  }[];
  /**
   * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
   */
  account?: string;
  /**
   * How to try it without real people
   */
  sandbox?: string;
}
export interface ConnectorAuth {
  kind: 'none' | 'basic' | 'bearer' | 'apiKey' | 'session' | 'refreshToken' | 'clientCredentials' | 'jwtBearer';
  /**
   * basic: user name, with {config.…}
   */
  user?: string;
  secret?: string;
  /**
   * apiKey: header that carries it
   */
  header?: string;
  /**
   * apiKey: query parameter that carries it, for vendors that know no header
   */
  query?: string;
  /**
   * apiKey: text before the key, with {config.…}
   */
  prefix?: string;
  token?: TokenRequest;
  login?: RequestStep;
  /**
   * session by `login`: headers of every later call, with {saved.…}; cookies that the login sets are carried by themselves
   */
  carry?: {
    [k: string]: string;
  };
}
/**
 * OAuth 2.0: where and how an access token is made. Tokens are kept sealed, refreshed one at a time, and once more after a 401
 */
export interface TokenRequest {
  /**
   * Address of the token endpoint, with {config.…}; its host must be the server's or in allowHosts
   */
  url: string;
  /**
   * How the client proves itself; body when left out
   */
  client?: 'body' | 'basic' | 'none';
  /**
   * With {config.…}
   */
  clientId?: string;
  clientSecret?: string;
  refreshToken?: string;
  privateKey?: string;
  /**
   * jwtBearer; RS256 when left out
   */
  algorithm?: 'RS256' | 'ES256';
  /**
   * jwtBearer, with {config.…}
   */
  issuer?: string;
  /**
   * jwtBearer, with {config.…}
   */
  subject?: string;
  /**
   * jwtBearer, with {config.…}
   */
  audience?: string;
  /**
   * Scopes, parted by blanks
   */
  scope?: string;
  form?: TemplateFields;
  /**
   * When the answer does not say (expires_in)
   */
  lifetime?: string;
}
/**
 * Values may hold {placeholders}
 */
export interface TemplateFields {
  [k: string]: unknown;
}
/**
 * One call. `save` keeps values of the answer for later steps as {saved.…}
 */
export interface RequestStep {
  /**
   * METHOD /path, with {placeholders} that are percent-encoded; with `database`: SQL and one statement, whose {placeholders} are its parameters
   */
  request: string;
  query?: TemplateFields;
  json?: TemplateFields;
  form?: TemplateFields;
  save?: {
    /**
     * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
     */
    [k: string]: string;
  };
  /**
   * Statuses that are an answer and not an error
   */
  expect?: number[];
  /**
   * A POST that only reads, so that it may be tried again
   */
  reads?: boolean;
  headers?: Headers;
  /**
   * Credits of one call; 1 when left out
   */
  cost?: number;
  /**
   * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
   */
  each?: string;
  page?: Paging;
  /**
   * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
   */
  select?: string;
  /**
   * Keeps what `select` lists, over all pages, for later steps as saved.<name>
   */
  collect?: string;
  /**
   * collect: only items with these values
   */
  where?: {
    [k: string]: string | number | boolean | null;
  };
  /**
   * The step runs only when this place of the scope (saved.…, record.…, item.…) holds one of `values`, or none of `not`
   */
  when?: {
    /**
     * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
     */
    path: string;
    values?: (string | number | boolean | null)[];
    not?: (string | number | boolean | null)[];
  };
  /**
   * A reading call that is repeated until the answer holds one of `values`; what takes longer is `accepted`, and verify tells later
   */
  until?: {
    /**
     * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
     */
    path: string;
    /**
     * @minItems 1
     */
    values: (string | number | boolean | null)[];
    failed?: (string | number | boolean | null)[];
    every?: string;
    atMost?: string;
  };
  /**
   * What 404 and 410 mean for the steps that follow; continue for erase and redact, end elsewhere
   */
  absent?: 'end' | 'continue';
}
export interface Headers {
  [k: string]: string;
}
/**
 * Where the next page is. {page.number}, {page.offset}, {page.size}, {page.token}, {page.after}, {page.from}, {page.to} may be used in query, body and headers
 */
export interface Paging {
  /**
   * scroll: a token that ends with an empty page; range: {page.from}-{page.to}, rows counted from `first`
   */
  kind: 'none' | 'offset' | 'page' | 'cursor' | 'link' | 'keyset' | 'scroll' | 'range';
  size?: number;
  /**
   * page: number of the first page; keyset: what stands before the first key
   */
  first?: number;
  /**
   * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
   */
  next?: string;
  /**
   * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
   */
  key?: string;
  /**
   * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
   */
  more?: string;
  /**
   * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
   */
  end?: string;
  /**
   * The vendor's listing ends after so many records; the kit goes on from the latest value of the cursor's field, which the listing is sorted by
   */
  most?: number;
  /**
   * offset: rows read twice, so that a deletion during the run moves no record past it
   */
  overlap?: number;
  /**
   * keyset: what stands before the first key, where keys are texts
   */
  firstKey?: string;
}
export interface ConnectorServer {
  /**
   * Base address, with {config.…}
   */
  url: string;
  /**
   * Other hosts that may be called; `*.` in front allows one more label
   */
  allowHosts?: string[];
  headers?: {
    [k: string]: string;
  };
  /**
   * For one whole answer
   */
  timeoutMs?: number;
  /**
   * Largest answer
   */
  maxBytes?: number;
}
/**
 * In place of `server`: a database, asked by requests that begin with SQL. Texts with {config.…}
 */
export interface ConnectorDatabase {
  /**
   * mysql is MariaDB too
   */
  kind: 'postgresql' | 'mysql' | 'sqlite';
  host?: string;
  /**
   * Hosts that may be named by the setting; any when left out. `*.` in front allows one more label
   */
  allowHosts?: string[];
  /**
   * 5432 or 3306 when left out
   */
  port?: string;
  /**
   * Of the database
   */
  name?: string;
  user?: string;
  /**
   * The secret that is the password
   */
  secret?: string;
  /**
   * verify or off; verify when left out, and off on this computer itself
   */
  tls?: string;
  /**
   * A PEM file, as the worker sees it: the authority that signed the server's certificate. Those that this computer trusts when left out or empty
   */
  ca?: string;
  /**
   * sqlite: path of the file, which must be there
   */
  file?: string;
  /**
   * For one statement
   */
  timeoutMs?: number;
}
export interface RateLimit {
  scope?: 'account' | 'token' | 'base';
  /**
   * 10/s, 600/m, 100/10s, {config.dailyCalls}/d
   */
  window?: string;
  concurrency?: number;
  signal?: {
    status: number;
    header?: string;
    unit?: 's' | 'ms' | 'epoch-s' | 'http-date';
    /**
     * How long to wait when the header is not there
     */
    pause?: string;
  };
  /**
   * The window counts the `cost` of calls, not calls
   */
  credits?: boolean;
  /**
   * Calls that the window counts; all when left out
   */
  only?: 'reads' | 'writes';
}
export interface ErrorFilter {
  /**
   * @minItems 1
   */
  status?: number[];
  /**
   * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
   */
  path?: string;
  /**
   * The text at `path`
   */
  equals?: string;
  /**
   * A part of the text at `path`
   */
  includes?: string;
  /**
   * resetPage: the place in a listing is lost; the listing starts again
   */
  action: 'retry' | 'wait' | 'fail' | 'ignore' | 'refresh' | 'absent' | 'resetPage';
  code?: string;
  /**
   * What to do about it
   */
  say?: string;
  /**
   * Header that must be there
   */
  header?: string;
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
}
export interface ManifestEntity {
  kind?:
    | ('person' | 'company' | 'sale' | 'interaction' | 'consent' | 'document')
    | {
        /**
         * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
         */
        path: string;
        values: {
          [k: string]: 'person' | 'company' | 'sale' | 'interaction' | 'consent' | 'document';
        };
      };
  /**
   * Settings without which the stream is left out
   *
   * @minItems 1
   */
  needs?: string[];
  list?: Listing;
  /**
   * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
   */
  id?: string;
  changedAt?: string | string[] | ValueTransform;
  /**
   * A listed record that is gone: this path holds one of these values
   */
  deleted?: {
    /**
     * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
     */
    path: string;
    values: (string | number | boolean | null)[];
  };
  map?: FieldMap;
  /**
   * By kind, when one stream holds several
   */
  maps?: {
    [k: string]: FieldMap;
  };
  /**
   * Reads one record by its id
   */
  get?: {
    /**
     * METHOD /path, with {placeholders} that are percent-encoded; with `database`: SQL and one statement, whose {placeholders} are its parameters
     */
    request: string;
    query?: TemplateFields;
    /**
     * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
     */
    select?: string;
    headers?: {
      [k: string]: string;
    };
    /**
     * Credits of one call; 1 when left out
     */
    cost?: number;
    /**
     * An answer that says the record is not there: this path holds one of these values
     */
    absent?: {
      /**
       * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
       */
      path: string;
      values: (string | number | boolean | null)[];
    };
    json?: TemplateFields;
    /**
     * A POST that only reads
     */
    reads?: boolean;
  };
  personal?: {
    /**
     * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
     */
    field: string;
    category: 'identity' | 'contact' | 'tax' | 'birth' | 'location' | 'behaviour' | 'free-text' | 'financial' | 'special';
  }[];
  changes?: Listing1;
  tombstones?: TombstoneListing;
  /**
   * Ids of records that the vendor merged into this one: they are gone
   */
  absorbed?: string | string[] | ValueTransform;
  /**
   * What a record must look like: path to types; a record that drifted is kept aside with its reason
   */
  shape?: {
    /**
     * @minItems 1
     */
    [k: string]: ('string' | 'number' | 'boolean' | 'object' | 'array' | 'null' | 'absent')[];
  };
  /**
   * Put before the vendor's ids where several kinds of it count on their own (contact 1, company 1)
   */
  idPrefix?: string;
  /**
   * Values that this vendor writes for nothing, such as false for an empty text; the map passes over them
   *
   * @minItems 1
   */
  empty?: (string | number | boolean | null)[];
}
export interface Listing {
  /**
   * METHOD /path, with {placeholders} that are percent-encoded; with `database`: SQL and one statement, whose {placeholders} are its parameters
   */
  request: string;
  query?: TemplateFields;
  json?: TemplateFields;
  form?: TemplateFields;
  page: Paging;
  /**
   * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
   */
  select?: string;
  cursor?: CursorRule;
  headers?: {
    [k: string]: string;
  };
  /**
   * Credits of one call; 1 when left out
   */
  cost?: number;
}
/**
 * Incremental: {cursor} is the latest value of `field` seen, less `lookback`
 */
export interface CursorRule {
  /**
   * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
   */
  field: string;
  format?: 'iso' | 'iso-seconds' | 'naive-utc' | 'date' | 'unix-s' | 'unix-ms' | 'number';
  lookback?: string;
  /**
   * {cursor} of a full run
   */
  start?: string;
  /**
   * How {cursor} is written, where the vendor's filter takes another format than the field has
   */
  send?: 'iso' | 'iso-seconds' | 'naive-utc' | 'date' | 'unix-s' | 'unix-ms' | 'number';
}
/**
 * A value made from what is at `from`. The list of transforms is closed: no loop, no code
 */
export interface ValueTransform {
  from?: string | string[];
  const?: string | number | boolean | null;
  as?:
    | 'text'
    | 'lower'
    | 'upper'
    | 'integer'
    | 'number'
    | 'cents'
    | 'boolean'
    | 'date'
    | 'date-time'
    | 'country'
    | 'language'
    | 'join'
    | 'list'
    | 'lines';
  /**
   * join: what stands between
   */
  with?: string;
  /**
   * Vendor's value to ours; others are rejected
   */
  values?: {
    [k: string]: string | number | boolean | null;
  };
  otherwise?: string | number | boolean | null;
  format?: 'iso' | 'naive-utc' | 'unix-s' | 'unix-ms' | 'd/m/y' | 'm/d/y';
  /**
   * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
   */
  each?: string;
  where?: {
    [k: string]: string | number | boolean | null;
  };
  /**
   * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
   */
  take?: string;
  map?: FieldMap;
  /**
   * Put before a value that is not empty: the idPrefix of what it refers to
   */
  prefix?: string;
  /**
   * The prefix by what another field says, such as the kind of what is referred to; nothing for other values
   */
  prefixBy?: {
    /**
     * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
     */
    path: string;
    values: {
      [k: string]: string;
    };
  };
  /**
   * The first that is not empty
   *
   * @minItems 1
   * @maxItems 10
   */
  first?: (string | string[] | ValueTransform)[];
}
/**
 * Canonical field: where it comes from
 */
export interface FieldMap {
  [k: string]: string | string[] | ValueTransform;
}
/**
 * Lists what changed since {cursor}, when that is another request than `list`
 */
export interface Listing1 {
  /**
   * METHOD /path, with {placeholders} that are percent-encoded; with `database`: SQL and one statement, whose {placeholders} are its parameters
   */
  request: string;
  query?: TemplateFields;
  json?: TemplateFields;
  form?: TemplateFields;
  page: Paging;
  /**
   * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
   */
  select?: string;
  cursor?: CursorRule;
  headers?: {
    [k: string]: string;
  };
  /**
   * Credits of one call; 1 when left out
   */
  cost?: number;
}
/**
 * Lists records that are gone; {cursor} is where the run began. With a cursor that has no start it is asked only in a run that lists what changed: a whole one misses what is gone by itself
 */
export interface TombstoneListing {
  /**
   * METHOD /path, with {placeholders} that are percent-encoded; with `database`: SQL and one statement, whose {placeholders} are its parameters
   */
  request: string;
  query?: TemplateFields;
  json?: TemplateFields;
  headers?: {
    [k: string]: string;
  };
  /**
   * Credits of one call; 1 when left out
   */
  cost?: number;
  page: Paging;
  /**
   * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
   */
  select?: string;
  /**
   * Which of them are gone, where what is there is listed too: this path holds one of these values
   */
  where?: {
    /**
     * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
     */
    path: string;
    /**
     * @minItems 1
     */
    values: (string | number | boolean | null)[];
  };
  /**
   * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
   */
  id: string;
  cursor?: CursorRule;
}
export interface LookupRule {
  by: 'email' | 'phone' | 'tax-id' | 'external-id';
  kind: 'person' | 'company' | 'sale' | 'interaction' | 'consent' | 'document';
  /**
   * METHOD /path, with {placeholders} that are percent-encoded; with `database`: SQL and one statement, whose {placeholders} are its parameters
   */
  request: string;
  query?: TemplateFields;
  json?: TemplateFields;
  form?: TemplateFields;
  /**
   * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
   */
  select?: string;
  /**
   * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
   */
  id: string;
  /**
   * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
   */
  confirm?: string;
  absent?: number[];
  /**
   * What {identifier} is made into first; md5 is of the lower-case text
   */
  normalise?: 'lower' | 'digits' | 'e164' | 'md5';
  reads?: boolean;
  headers?: {
    [k: string]: string;
  };
  /**
   * Credits of one call; 1 when left out
   */
  cost?: number;
  entity?: string;
}
/**
 * One channel and purpose: how a record says what the person allows, and how to change it
 */
export interface ConsentRule {
  entity: string;
  channel: 'email' | 'sms' | 'phone' | 'post' | 'messaging';
  purpose: string;
  /**
   * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
   */
  read: string;
  values: {
    [k: string]: 'granted' | 'denied' | 'pending' | 'unknown';
  };
  at?: string | string[] | ValueTransform;
  /**
   * @minItems 1
   */
  suppress?: RequestStep[];
  /**
   * @minItems 1
   */
  unsuppress?: RequestStep[];
  /**
   * What a record says that has nothing at `read`; unknown when left out
   */
  absent?: 'granted' | 'denied' | 'pending' | 'unknown';
  /**
   * Reads the state by a call of its own, with {record.…}: another path than the one that writes
   */
  state?: {
    /**
     * METHOD /path, with {placeholders} that are percent-encoded; with `database`: SQL and one statement, whose {placeholders} are its parameters
     */
    request: string;
    query?: TemplateFields;
    headers?: {
      [k: string]: string;
    };
    json?: TemplateFields;
    /**
     * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
     */
    select?: string;
    /**
     * Only items with these values; the first of them is read
     */
    where?: {
      [k: string]: string | number | boolean | null;
    };
    /**
     * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
     */
    read: string;
    values: {
      [k: string]: 'granted' | 'denied' | 'pending' | 'unknown';
    };
    absent?: 'granted' | 'denied' | 'pending' | 'unknown';
    /**
     * Credits of one call; 1 when left out
     */
    cost?: number;
  };
  /**
   * The vendor's name or id of it, shown in the docs
   */
  topic?: string;
  many?: ConsentOfMany;
}
/**
 * Many records in a call, where the vendor can; the only rule of its entity. {batch.refs} is a list of { id }, {batch.keys} what `records.key` gave of each
 */
export interface ConsentOfMany {
  /**
   * Most records of one call
   */
  size: number;
  /**
   * Reads the records by {batch.refs}; what it does not list is not there
   */
  records: {
    /**
     * METHOD /path, with {placeholders} that are percent-encoded; with `database`: SQL and one statement, whose {placeholders} are its parameters
     */
    request: string;
    query?: TemplateFields;
    json?: TemplateFields;
    /**
     * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
     */
    select: string;
    /**
     * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
     */
    id: string;
    /**
     * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
     */
    key: string;
  };
  /**
   * Reads the state by {batch.keys}; what it does not list is unknown
   */
  state: {
    /**
     * METHOD /path, with {placeholders} that are percent-encoded; with `database`: SQL and one statement, whose {placeholders} are its parameters
     */
    request: string;
    query?: TemplateFields;
    json?: TemplateFields;
    /**
     * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
     */
    select: string;
    /**
     * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
     */
    key: string;
    /**
     * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
     */
    read: string;
    values: {
      [k: string]: 'granted' | 'denied' | 'pending' | 'unknown';
    };
  };
  suppress: RequestStep;
}
export interface EraseRule {
  /**
   * @minItems 1
   */
  steps: RequestStep[];
  mode: 'hard' | 'soft-then-hard' | 'soft-aged' | 'job' | 'overwrite';
  residue: ResidueRule[];
  /**
   * Whether the vendor itself keeps the person out afterwards
   */
  reimport?: 'blocked' | 'open';
  /**
   * Statuses by which the vendor refuses: an answer, not a failure
   */
  blockedBy?: {
    /**
     * @minItems 1
     */
    status: number[];
    code: string;
    say?: string;
  }[];
  /**
   * What erasing really does there, for the docs
   */
  note?: string;
  /**
   * A repeated call has another effect (HubSpot blocklists an unknown address): the record is read before
   */
  once?: boolean;
}
export interface ResidueRule {
  where: string;
  /**
   * When the vendor purges it; without it, only a person can
   */
  due?: string;
  when?: When;
}
/**
 * Stays only then, by what the steps saved (saved.…)
 */
export interface When {
  /**
   * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
   */
  path: string;
  values?: (string | number | boolean | null)[];
  not?: (string | number | boolean | null)[];
}
export interface VerifyRule {
  /**
   * METHOD /path, with {placeholders} that are percent-encoded; with `database`: SQL and one statement, whose {placeholders} are its parameters
   */
  request: string;
  query?: TemplateFields;
  json?: TemplateFields;
  /**
   * Statuses that say: not there
   */
  absent?: number[];
  /**
   * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
   */
  select?: string;
  headers?: {
    [k: string]: string;
  };
  /**
   * Credits of one call; 1 when left out
   */
  cost?: number;
  reads?: boolean;
  /**
   * There, and on its way out
   */
  pending?: {
    /**
     * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
     */
    path: string;
    /**
     * @minItems 1
     */
    values: (string | number | boolean | null)[];
    due?: string;
  };
  /**
   * An answer that says: not there any more
   */
  gone?: {
    /**
     * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
     */
    path: string;
    /**
     * @minItems 1
     */
    values: (string | number | boolean | null)[];
  };
  /**
   * Name of the place, for evidence
   */
  where?: string;
  /**
   * Other places that may still hold it, such as a recycle bin; with `due` it is pending there
   */
  also?: {
    /**
     * METHOD /path, with {placeholders} that are percent-encoded; with `database`: SQL and one statement, whose {placeholders} are its parameters
     */
    request: string;
    query?: TemplateFields;
    json?: TemplateFields;
    headers?: {
      [k: string]: string;
    };
    /**
     * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
     */
    select?: string;
    /**
     * Name of the place
     */
    where: string;
    absent?: number[];
    due?: string;
  }[];
}
export interface ExportRule {
  /**
   * Name of the part: the call that reads it
   */
  parts: {
    [k: string]: RequestStep;
  };
}
export interface KeepRule {
  kind: 'person' | 'company' | 'sale' | 'interaction' | 'consent' | 'document';
  /**
   * Law or contract that keeps it
   */
  basis: string;
  until?: string;
  /**
   * Its texts about the person are blotted by the verb redact
   */
  redact?: boolean;
}
/**
 * Steps with {record.…} and {redacted}, the text at `text` with the spans blotted; where `text` names several, {redacted.<name>} and `when: { path: changed.<name>, values: [true] }`
 */
export interface RedactRule {
  /**
   * Where the record as read holds the text that {redacted} blots, or several by name
   */
  text?:
    | string
    | {
        [k: string]: string | TextInPieces;
      };
  /**
   * @minItems 1
   */
  steps?: RequestStep[];
  /**
   * Texts that are records of their own under this one, such as the comments of a ticket
   *
   * @minItems 1
   */
  parts?: RedactPart[];
}
/**
 * A text that the vendor keeps in pieces, as formatted text is: those at `each`, of each what is at `take`, one behind the other
 */
export interface TextInPieces {
  /**
   * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
   */
  each: string;
  /**
   * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
   */
  take: string;
}
/**
 * One kind of part: the call that lists them, and the steps for each ({item.…}) whose text has to be blotted
 */
export interface RedactPart {
  list: RequestStep;
  /**
   * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
   */
  text: string;
  /**
   * For a vendor that blots by itself what stands between these two: {redacted} is the text with them put in
   */
  marks?: {
    before: string;
    after: string;
  };
  /**
   * @minItems 1
   */
  steps: RequestStep[];
}
export interface DiscoverRule {
  /**
   * METHOD /path, with {placeholders} that are percent-encoded; with `database`: SQL and one statement, whose {placeholders} are its parameters
   */
  request: string;
  query?: TemplateFields;
  headers?: {
    [k: string]: string;
  };
  page?: Paging;
  /**
   * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
   */
  select?: string;
  /**
   * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
   */
  name: string;
  /**
   * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
   */
  label?: string;
  /**
   * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
   */
  type?: string;
  /**
   * What needs it, such as the plan
   */
  capability?: string;
}
export interface WebhookRule {
  signature: {
    /**
     * token: the secret itself, in a header or in the query
     */
    kind: 'hmac-sha256' | 'hmac-sha1' | 'token' | 'ed25519' | 'rsa-sha256' | 'none';
    secret?: string;
    header?: string;
    query?: string;
    /**
     * Text before the signature, as sha256=
     */
    prefix?: string;
    encoding?: 'hex' | 'base64';
    /**
     * What is signed: {method} {url} {timestamp} {body}; {body} when left out
     */
    over?: string;
    /**
     * Older or later ones are refused; 5m when left out
     */
    timestamp?: {
      header: string;
      unit?: 's' | 'ms' | 'iso';
      tolerance?: string;
    };
  };
  /**
   * The body is form-encoded: a[b] becomes a.b
   */
  form?: boolean;
  /**
   * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
   */
  select?: string;
  /**
   * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
   */
  eventId?: string;
  at?: string | string[] | ValueTransform;
  /**
   * Events that our own writes made: all of one entry's values, any entry
   */
  echo?: {
    /**
     * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
     */
    path: string;
    /**
     * @minItems 1
     */
    values: (string | number | boolean | null)[];
  }[];
  /**
   * @minItems 1
   */
  events: {
    when: {
      [k: string]: string | number | boolean | null;
    };
    /**
     * hard-bounce and complaint put the address on the suppression list; a complaint is an objection too; record: the event is a record of the entity, by its map. Every rule of this kind that fits is taken, of the others the first
     */
    kind: 'changed' | 'deleted' | 'consent' | 'hard-bounce' | 'complaint' | 'record';
    entity: string;
    /**
     * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
     */
    id?: string;
    /**
     * kind record: the event says only some of the fields; the others stay as they were
     */
    partial?: boolean;
    /**
     * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
     */
    email?: string;
    consent?: {
      channel: 'email' | 'sms' | 'phone' | 'post' | 'messaging';
      purpose: string;
      answer?: 'granted' | 'denied' | 'pending';
      /**
       * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
       */
      read?: string;
      values?: {
        [k: string]: 'granted' | 'denied' | 'pending' | 'unknown';
      };
    };
  }[];
  /**
   * How to register it in the vendor
   */
  setup?: string;
}
/**
 * Writes one message to one address: {mail.to}, {mail.subject}, {mail.text}, {mail.html} (the same words, escaped), and {mail.id}, the same for a message that is asked for again. For messages that need no consent: advertising carries headers that vendors drop
 */
export interface SendRule {
  channel: 'email';
  /**
   * Settings without which nothing is sent by it
   */
  needs?: string[];
  /**
   * METHOD /path, with {placeholders} that are percent-encoded; with `database`: SQL and one statement, whose {placeholders} are its parameters
   */
  request: string;
  json?: TemplateFields;
  form?: TemplateFields;
  headers?: Headers;
}
/**
 * Takes the package of a portability request that a person wants handed to whoever keeps this system: {handed.requestId}, {handed.about} (request, SHA-256, time), {handed.signature} of it, and {handed.package} itself
 */
export interface TakeRule {
  /**
   * Settings without which nothing is taken
   */
  needs?: string[];
  /**
   * METHOD /path, with {placeholders} that are percent-encoded; with `database`: SQL and one statement, whose {placeholders} are its parameters
   */
  request: string;
  json: TemplateFields;
  headers?: Headers;
}
/**
 * The files that the system gives out: their names and what is written in them is looked through at an erasure, whatever they hang from
 */
export interface FilesRule {
  list: Listing;
  /**
   * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
   */
  id: string;
  /**
   * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
   */
  name: string;
  /**
   * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
   */
  mediaType?: string;
  /**
   * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
   */
  size?: string;
  /**
   * Only a link, which no call of this system reads: when the value at `path` is one of these, or begins so
   */
  elsewhere?: {
    /**
     * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
     */
    path: string;
    values?: (string | number | boolean | null)[];
    startsWith?: string;
  };
  /**
   * The record that it hangs from: its kind by the value at `path`, its id at `id`, after the prefix of that kind; files of other records hang from none that Ficha holds
   */
  of?: {
    /**
     * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
     */
    path: string;
    values: {
      [k: string]: 'person' | 'company' | 'sale' | 'interaction' | 'consent' | 'document';
    };
    prefixes?: {
      [k: string]: string;
    };
    /**
     * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
     */
    id: string;
  };
  /**
   * Reads {file.id}: the bytes are the answer itself, or lie in it at `base64`; nothing there, or 404 and 410: the file is gone
   */
  read: {
    /**
     * METHOD /path, with {placeholders} that are percent-encoded; with `database`: SQL and one statement, whose {placeholders} are its parameters
     */
    request: string;
    query?: TemplateFields;
    json?: TemplateFields;
    /**
     * A POST that only reads, so that it may be tried again
     */
    reads?: boolean;
    /**
     * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
     */
    base64?: string;
    /**
     * Dotted place in an answer (`data.items.0.id`), alternatives parted by ` | `; `.` is the whole answer
     */
    name?: string;
  };
}
export interface ScopeRule {
  /**
   * As the vendor names it
   */
  scope: string;
  /**
   * @minItems 1
   */
  verbs: (
    'check' | 'discover' | 'pull' | 'lookup' | 'suppress' | 'unsuppress' | 'erase' | 'redact' | 'export' | 'verify' | 'webhook'
  )[];
  /**
   * Where to click in the vendor
   */
  grant: string;
  probe?: RequestStep;
}
/**
 * One entry of the audit log, as a line of its export. hash = SHA-256 of the bytes of prevHash followed by the canonical JSON (RFC 8785) of every other field but prevHash and hash.
 */
export interface AuditEntry {
  /**
   * 1 for the first entry; no number is left out
   */
  seq: number;
  /**
   * ISO 8601 UTC with milliseconds
   */
  at: string;
  /**
   * Subject of the token, or the name of the process
   */
  actor: string;
  /**
   * What was done: client-merged, request.approved... (domain/record/audit-action.ts has them all)
   */
  action: string;
  /**
   * Opaque id of what it was done to
   */
  subject: string | null;
  /**
   * Ids, codes, counts, digests and times; no text that a person wrote
   */
  facts: {
    [k: string]: null | boolean | number | string | string[];
  };
  /**
   * hash of the entry before; 64 zeros for the first
   */
  prevHash: string;
  hash: string;
}
/**
 * Where the audit log stood at one moment, signed: a line of its export beside the entries. Whoever keeps a head can show later that nothing before it was changed, taken out or put in.
 */
export interface AuditHead {
  head: {
    version: 1;
    /**
     * The day, UTC, whose end it marks; for an export the day it was made
     */
    day: string;
    /**
     * The last entry; 0 for an empty log
     */
    seq: number;
    hash: string;
    signedAt: string;
  };
  signature: Signature;
}
export interface Signature {
  algorithm: 'Ed25519';
  /**
   * First 8 bytes of the SHA-256 of the public key
   */
  keyId: string;
  publicKey: string;
  /**
   * Over the canonical JSON (RFC 8785) of body
   */
  value: string;
}
/**
 * What was done for one privacy request and the digest of its evidence, signed. Holds no personal data: ids, counts, codes, hashes.
 */
export interface ErasureCertificate {
  body: {
    version: 1;
    requestId: string;
    type: 'access' | 'rectification' | 'erasure' | 'restriction' | 'portability' | 'objection';
    outcome: 'complete' | 'complete-with-exceptions';
    receivedAt: string;
    dueAt: string;
    closedAt: string;
    planHash: string;
    /**
     * @maxItems 10000
     */
    systems: CertifiedSystem[];
    evidence: {
      count: number;
      digest: string;
    };
  };
  signature: Signature;
}
export interface CertifiedSystem {
  systemId: string;
  located: number;
  /**
   * How many lines by action and end: delete/verified, keep-until/kept...
   */
  actions: {
    [k: string]: number;
  };
  /**
   * @maxItems 10000
   */
  kept: {
    kind: string;
    count: number;
    until: string;
    legalBasis: string;
  }[];
  evidence: string;
}
/**
 * Everything of one person, machine-readable (GDPR art. 20): as each linked system names it, in Ficha's canonical form, and as CSV texts.
 */
export interface PortabilityPackage {
  version: 1;
  requestId: string;
  madeAt: string;
  /**
   * @maxItems 10000
   */
  systems: {
    systemId: string;
    title: string;
    records: PortableRecord[];
  }[];
  /**
   * The same records in canonical form (schemas/record/<kind>.schema.json)
   */
  records: {
    systemId: string;
    kind: 'person' | 'company' | 'sale' | 'interaction' | 'consent' | 'document';
    externalId: string;
    canonical: {
      [k: string]: unknown;
    };
    /**
     * Of a document: the copy that was uploaded to Ficha
     */
    copy?: {
      mediaType: string;
      base64: string;
    };
  }[];
  report?: AccessReport;
  /**
   * One CSV text (RFC 4180, UTF-8) per kind of record
   */
  csv: {
    [k: string]: string;
  };
}
export interface PortableRecord {
  kind: 'person' | 'company' | 'sale' | 'interaction' | 'consent' | 'document';
  externalId: string;
  /**
   * Named as the system names them
   */
  fields: {
    [k: string]: unknown;
  };
  attachments: {
    name: string;
    mediaType: string;
    base64: string;
  }[];
}
/**
 * Only in the answer to a request of access: what GDPR art. 15(1)(a)-(h) and 15(2) ask to be told
 */
export interface AccessReport {
  language: 'es' | 'it' | 'fr' | 'en';
  purposes: string;
  categories: string[];
  /**
   * The actual recipients (CJEU C-154/21)
   */
  recipients: string[];
  retention: string;
  rights: string;
  complaint: string;
  source: string;
  automatedDecisions: string;
  transfers: string;
  /**
   * Where each recipient keeps the data, and on what ground it may leave the EEA (GDPR art. 15(2))
   */
  keptIn: {
    recipient: string;
    /**
     * As the connector declares them; empty: it declares none
     */
    regions: string[];
    /**
     * Ground of the transfer; null where the connector declares none
     */
    safeguard: string | null;
  }[];
}
/**
 * What the columns of a file of people and companies are, for `ficha resolve --map`. It says which column is what and how the file is written; it sets no thresholds.
 */
export interface ColumnMap {
  /**
   * Field to the header of its column. Several headers: parts of one value for names, streets and record_id, several values for email and phone, else the first that is filled.
   */
  columns?: {
    record_id?: string | string[];
    system?: string | string[];
    kind?: string | string[];
    given_name?: string | string[];
    family_name?: string | string[];
    full_name?: string | string[];
    company_name?: string | string[];
    birth_date?: string | string[];
    email?: string | string[];
    phone?: string | string[];
    tax_id?: string | string[];
    passport?: string | string[];
    driving_licence?: string | string[];
    national_id?: string | string[];
    street?: string | string[];
    city?: string | string[];
    postcode?: string | string[];
    country?: string | string[];
  };
  /**
   * What is the same for every record of the file and stands in no column
   */
  constants?: {
    system?: string;
    kind?: 'person' | 'company';
    /**
     * ISO 3166-1 alpha-2
     */
    country?: string;
  };
  /**
   * Headers that Ficha would know, and shall not read
   *
   * @maxItems 1000
   */
  ignore?: string[];
  /**
   * What stands between several values in one cell of email, phone or an address part
   */
  separator?: string;
  /**
   * What stands between two cells; found out when missing
   */
  delimiter?: ',' | ';' | '\t' | '|';
  /**
   * Found out when missing
   */
  encoding?: 'utf-8' | 'latin1' | 'utf-16le';
  /**
   * How dates like 3/4/1980 are meant; learnt from the column when missing
   */
  dates?: 'dmy' | 'mdy';
}
/**
 * A request of another controller, as OpenDSR 2.0 section 7.1 has it. What it adds beyond that is left alone.
 */
export interface OpenDsrRequest {
  regulation?: string;
  subject_request_id: string;
  subject_request_type: 'access' | 'portability' | 'erasure';
  submitted_time: string;
  /**
   * @minItems 1
   * @maxItems 50
   */
  subject_identities: OpenDsrIdentity[];
  api_version?: string;
  /**
   * @maxItems 10
   */
  status_callback_urls?: string[];
  [k: string]: unknown;
}
export interface OpenDsrIdentity {
  identity_type: string;
  identity_value: string;
  identity_format: string;
  [k: string]: unknown;
}
/**
 * A mandatory privacy webhook of a shop. What it adds beyond this is left alone.
 */
export interface ShopWebhook {
  shop_domain: string;
  customer?: ShopCustomer;
  [k: string]: unknown;
}
export interface ShopCustomer {
  id?: number | null;
  email?: string | null;
  phone?: string | null;
  [k: string]: unknown;
}
/**
 * The sum of a released metric since the start of the year, from released cells only: it costs no privacy budget.
 */
export interface CumulativeMetric {
  kind: 'cumulative';
  title: string;
  description: string;
  of: string;
  over: 'year';
}
/**
 * A dimension with its whole domain. What a source says beyond it becomes `other`; what it does not say, `unknown`.
 */
export interface MetricDimension {
  title: string;
  description: string;
  /**
   * Where the value comes from
   */
  from: 'event-channel' | 'client-country' | 'client-sector' | 'client-acquisition-source' | 'client-age';
  /**
   * The declared domain, without `other` and `unknown`
   *
   * @minItems 1
   * @maxItems 40
   */
  values: string[];
  /**
   * What sources write, in lower case, and the value that it means
   */
  aliases?: {
    [k: string]: string;
  };
}
/**
 * How careful the metrics are. Stored with every month that is released.
 */
export interface MetricParameters {
  /**
   * k: a cell about fewer clients is not shown (but for the chance below)
   */
  leastClients: number;
  /**
   * Most chance that a cell about fewer than k clients is shown all the same, because its noise made it look larger
   */
  shownByChance: number;
  /**
   * Epsilon of one client and month over everything that is ever published about that month. Smaller is more private and less exact
   */
  budget: number;
  /**
   * Days after its end on which a month closes and is released; what arrives later is not counted
   */
  closesAfterDays: number;
}
/**
 * One released metric divided by another, from released cells only: it costs no privacy budget.
 */
export interface RatioMetric {
  kind: 'ratio';
  title: string;
  description: string;
  of: string;
  per: string;
  unit: string;
  /**
   * 100 for a percentage; 1 when left out
   */
  times?: number;
}
/**
 * A metric whose figures are computed once per closed month from bounded contributions, noised, and kept for ever.
 */
export interface ReleasedMetric {
  kind: 'released';
  title: string;
  /**
   * Plain words for analysts
   */
  description: string;
  /**
   * What one client contributes in one month, before the clamp; see analytics/measures.ts
   */
  measure:
    | 'present'
    | 'active'
    | 'sales'
    | 'revenue-cents'
    | 'tickets'
    | 'customer'
    | 'churned'
    | 'response-minutes'
    | 'answered'
    | 'opted-out'
    | 'consent-known';
  /**
   * Most that one client adds to one month, in the measure's own unit; what lies above is cut
   */
  clamp: number;
  /**
   * As shown
   */
  unit: string;
  /**
   * Own units in one shown unit; 1 when left out
   */
  divisor?: number;
  /**
   * Share of the privacy budget of a client and month, split evenly over the tables
   */
  epsilon: number;
  /**
   * Each a set of dimensions; [] is the total, which every metric has
   *
   * @minItems 1
   * @maxItems 16
   */
  tables: string[][];
  /**
   * The metric that counts the clients behind a cell: its noised count decides whether the cell is shown. Itself when left out
   */
  countedBy?: string;
}
/**
 * What people are asked about and what their answers are worth: purposes with their texts, how long a yes holds, from which age, how often one may write, after how long a client is proposed for erasure. Data, not code: change it with your lawyer in <home>/policies/consent.json.
 */
export interface ConsentPolicy {
  version: 1;
  controller: Party;
  purposes: {
    [k: string]: ConsentPurpose;
  };
  /**
   * From which age a person says yes alone, by country (GDPR art. 8(1)); `default` elsewhere
   */
  ageOfConsent: {
    default: number;
    /**
     * This interface was referenced by `undefined`'s JSON-Schema definition
     * via the `patternProperty` "^[A-Z]{2}$".
     */
    [k: string]: number;
  };
  /**
   * Where these ages are from, so that whoever answers for the policy can check them
   */
  ageOfConsentSource?: string;
  /**
   * How often an address may be written to for purposes that need a yes; the gate answers too-often above that
   *
   * @maxItems 20
   */
  caps: {
    channel: 'email' | 'sms' | 'phone' | 'messaging';
    most: number;
    days: number;
  }[];
  /**
   * After how many months without a sale, a contact or a fresh yes a client is proposed for erasure or anonymisation
   *
   * @maxItems 10
   */
  retention: {
    /**
     * prospect: never bought
     */
    category: 'prospect' | 'buyer';
    afterMonths: number;
    action: 'erase' | 'anonymise';
    legalBasis: string;
  }[];
  /**
   * Fields of linked systems that hold special categories of a person's data. Their values are kept aside until the person's explicit yes to a purpose of that category, or a basis named here or recorded by the DPO, allows to hold them (GDPR art. 9)
   *
   * @maxItems 200
   */
  specialFields?: {
    /**
     * Id of the linked system; * is every one
     */
    linkedSystem: string;
    /**
     * Where the system holds it: a path in its own record, as merge_fields.DIET; in a workbook, the heading
     */
    field: string;
    category: 'health' | 'religion' | 'politics' | 'orientation' | 'union' | 'ethnicity' | 'biometric' | 'genetic' | 'finance';
    /**
     * Another basis than consent that allows to hold it, as `GDPR art. 9(2)(b): accident insurance`; values are then not kept aside
     */
    basis?: string;
  }[];
  /**
   * A client who was kept on purpose is proposed again after so many months
   */
  keepAskingAfterMonths: number;
}
export interface Party {
  name: string;
  contact: string;
  dpo?: string;
  /**
   * Whose law applies, as receipts say it: a country, ISO 3166-1 alpha-2; EU when left out
   */
  jurisdiction?: string;
}
export interface ConsentPurpose {
  title: InLanguages;
  /**
   * false: rests on another basis than consent; nobody is asked, objections still count
   */
  optional: boolean;
  legalBasis: string;
  /**
   * The purpose in the Data Privacy Vocabulary, as dpv:DirectMarketing
   */
  dpv: string;
  /**
   * @minItems 1
   */
  channels: ('email' | 'sms' | 'phone' | 'post' | 'messaging')[];
  /**
   * A yes for e-mail that was noted or typed in waits until the person confirms it by a link in a message
   */
  doubleOptIn?: boolean;
  expiresAfterMonths?: number;
  /**
   * A yes to this purpose allows to hold data of these categories (GDPR art. 9(2)(a))
   */
  specialCategories?: (
    'health' | 'religion' | 'politics' | 'orientation' | 'union' | 'ethnicity' | 'biometric' | 'genetic' | 'finance'
  )[];
  /**
   * What people are shown, newest last. Where there are texts, a yes must name one of their versions
   *
   * @maxItems 50
   */
  texts?: {
    version: string;
    from: string;
    text: InLanguages;
  }[];
}
export interface InLanguages {
  es: string;
  it: string;
  fr: string;
  en: string;
}
/**
 * How the golden value of one field is chosen.
 */
export interface FieldSurvivorship {
  /**
   * Tried in order; the first that tells two values apart decides. union keeps the values of every record, the winner's first
   *
   * @minItems 1
   * @maxItems 6
   */
  rules: ('source-rank' | 'most-recent' | 'verified' | 'most-complete' | 'most-frequent' | 'union')[];
  /**
   * Rank of the linked systems for this field, the best first; those not named follow in the order of their source_rank
   *
   * @maxItems 200
   */
  systems?: string[];
}
/**
 * How privacy requests are run: who must agree, when people are reminded, what is read again, and what an answer to an access request says. Data, not code: change it with your lawyer.
 */
export interface PrivacyPolicy {
  version: 1;
  /**
   * An erasure that plans more records than this needs two people who agree
   */
  twoPersonOverLines: number;
  /**
   * Days before the deadline at which an open request is put on a desk; the smallest one escalates
   *
   * @minItems 1
   * @maxItems 10
   */
  remindDaysBefore: number[];
  /**
   * Days after the closing at which erased records are looked for again
   *
   * @maxItems 10
   */
  readAgainAfterDays: number[];
  /**
   * Hosts of other controllers (with their port where it is not 443) to whom packages may be sent directly, once that is agreed; none when left out
   *
   * @maxItems 100
   */
  transferHosts?: string[];
  /**
   * What a package of portability leaves out, since the person neither provided it nor was it observed of them (GDPR art. 20(1)); the answer to a request of access has it
   */
  notPortable?: {
    /**
     * Words in the names of fields, of any system: `lead score` stands for lead_score, leadScore and hs_lead_score
     *
     * @maxItems 200
     */
    fields: string[];
    /**
     * @maxItems 8
     */
    interactionKinds: ('email' | 'message' | 'call' | 'meeting' | 'visit' | 'ticket' | 'chat' | 'note')[];
  };
  /**
   * How long a package can be fetched
   */
  packageDays: number;
  identityLinkDays: number;
  /**
   * The clock stands while identity is asked for only when it was asked for within so many days (EDPB 01/2022, 157-159)
   */
  identityAskWithinDays: number;
  controller: ControllerTexts;
}
/**
 * What GDPR art. 15(1)(a)-(h) and 15(2) ask to be told and no system knows
 */
export interface ControllerTexts {
  purposes: Texts;
  retention: Texts;
  rights: Texts;
  complaint: Texts;
  automatedDecisions: Texts;
  transfers: Texts;
}
export interface Texts {
  es: string;
  it: string;
  fr: string;
  en: string;
}
/**
 * Which source's value wins in each golden field when the records of one client disagree. Data, not code; what loses is kept beside what wins.
 */
export interface SurvivorshipPolicy {
  version: 1;
  /**
   * Linked systems whose values somebody checked against a document; a tax id that passes its check digits counts as verified wherever it stands
   *
   * @maxItems 200
   */
  verifiedSystems?: string[];
  default: FieldSurvivorship;
  /**
   * By canonical field of a person or company (docs/how-to/review-matches.md)
   */
  fields: {
    [k: string]: FieldSurvivorship;
  };
}
/**
 * One postal address as written.
 */
export interface Address {
  street?: string;
  city?: string;
  postcode?: string;
  region?: string;
  country?: string;
}
/**
 * One company as a linked system holds it, in canonical form.
 */
export interface Company {
  /**
   * Name as written, legal form included
   */
  companyName?: string;
  /**
   * @maxItems 50
   */
  emails?: string[];
  /**
   * @maxItems 50
   */
  phones?: string[];
  /**
   * Tax identifier as written (CIF, SIREN, SIRET, Partita IVA, EU VAT)
   */
  taxId?: string;
  website?: string;
  /**
   * @maxItems 20
   */
  addresses?: Address[];
  country?: string;
  sector?: string;
  acquisitionSource?: string;
  notes?: string;
}
/**
 * What a person said, as a linked system holds it: the source of one consent event.
 */
export interface Consent {
  /**
   * External id, in the same linked system, of the person
   */
  clientExternalId: string;
  /**
   * Why: marketing, newsletter, profiling... "*" is every purpose that needs consent
   */
  purpose: string;
  channel: 'email' | 'sms' | 'phone' | 'post' | 'messaging' | 'any';
  answer: 'granted' | 'denied' | 'pending';
  /**
   * When the person said it (event time), ISO 8601 UTC with milliseconds
   */
  at: string;
  /**
   * false when the system holds no event time and `at` is when Ficha first saw the state
   */
  atKnown?: boolean;
  textVersion?: string;
  language?: string;
  /**
   * Form, one-click unsubscribe, telephone, import...
   */
  how?: string;
  /**
   * Reference to the proof, as the system names it
   */
  evidence?: string;
}
/**
 * Metadata of one document of a client and where the original lies.
 */
export interface Document {
  clientExternalId: string;
  title: string;
  mediaType?: string;
  originUrl?: string;
  at?: string;
}
/**
 * One contact with a client: an e-mail, a call, a ticket, a note.
 */
export interface Interaction {
  /**
   * External id, in the same linked system, of the person or company
   */
  clientExternalId: string;
  interactionKind: 'email' | 'message' | 'call' | 'meeting' | 'visit' | 'ticket' | 'chat' | 'note';
  direction?: 'in' | 'out';
  /**
   * ISO 8601 UTC with milliseconds
   */
  at: string;
  channel?: string;
  status?: 'open' | 'closed';
  subject?: string;
  /**
   * Free text; may mention other people
   */
  text?: string;
}
/**
 * One person as a linked system holds them, in canonical form. Every field may be missing; a missing value is an absent key, never an empty text.
 */
export interface Person {
  /**
   * Given name or names as written
   */
  givenName?: string;
  /**
   * Family name or names as written
   */
  familyName?: string;
  /**
   * The whole name, where the system does not split it
   */
  fullName?: string;
  /**
   * E-mail addresses as written, the main one first
   *
   * @maxItems 50
   */
  emails?: string[];
  /**
   * Telephone numbers as written, the main one first
   *
   * @maxItems 50
   */
  phones?: string[];
  /**
   * Tax identifier as written (NIF, NIE, codice fiscale, EU VAT)
   */
  taxId?: string;
  /**
   * ISO 8601 calendar date
   */
  birthDate?: string;
  /**
   * Postal addresses, the main one first
   *
   * @maxItems 20
   */
  addresses?: Address[];
  /**
   * ISO 3166-1 alpha-2
   */
  country?: string;
  /**
   * ISO 639-1
   */
  language?: string;
  /**
   * External id, in the same linked system, of the company this contact belongs to
   */
  companyExternalId?: string;
  /**
   * Name of the company this contact belongs to, where the system holds only the name
   */
  companyName?: string;
  /**
   * Position in the company
   */
  role?: string;
  /**
   * How the client first came
   */
  acquisitionSource?: string;
  /**
   * Free text about the person; may mention other people
   */
  notes?: string;
}
/**
 * One quote, order, invoice or payment of one client.
 */
export interface Sale {
  /**
   * External id, in the same linked system, of the person or company who buys
   */
  clientExternalId: string;
  saleKind: 'quote' | 'order' | 'invoice' | 'payment';
  status?: 'draft' | 'sent' | 'accepted' | 'refused' | 'confirmed' | 'invoiced' | 'paid' | 'cancelled';
  number?: string;
  /**
   * ISO 8601 UTC with milliseconds
   */
  at: string;
  /**
   * Total in hundredths of the currency, tax included
   */
  amountCents: number;
  /**
   * ISO 4217
   */
  currency: string;
  /**
   * Where it was sold: web, shop, phone, field...
   */
  channel?: string;
  /**
   * @maxItems 1000
   */
  lines?: {
    sku?: string;
    description?: string;
    quantity?: number;
    amountCents?: number;
  }[];
}
/**
 * By what ways privacy requests come in by themselves: <FICHA_HOME>/policies/intake.json. A way that is not there is closed.
 */
export interface IntakeSettings {
  form?: FormSettings;
  openDsr?: OpenDsrSettings;
  /**
   * Shops whose platform sends the mandatory privacy webhooks of Shopify, at /shops/<name>
   *
   * @maxItems 1000
   */
  shops?: ShopSettings[];
}
/**
 * The hosted request form at /rights. It needs a mail server: everybody is sent a link first
 */
export interface FormSettings {
  /**
   * Mails to one address in 24 hours; what comes above is not sent, and the page does not tell
   */
  perAddressADay: number;
  /**
   * Forms from everybody in one hour; above, the page asks to come back later
   */
  perHour: number;
}
/**
 * Requests of other controllers for whom you process data, by OpenDSR 2.0 at /opendsr/v2
 */
export interface OpenDsrSettings {
  /**
   * The host name of your certificate, under which controllers reach Ficha
   */
  domain: string;
  /**
   * PEM: the certificate of that domain, of an authority that your controllers trust
   */
  certificateFile: string;
  /**
   * The certificate's private key, PEM, as env:NAME or file:PATH
   */
  key: string;
  /**
   * The linked system whose ids are the controllers' customer ids
   */
  customerIdsOf?: string;
  /**
   * @minItems 1
   * @maxItems 1000
   */
  controllers: OpenDsrController[];
}
export interface OpenDsrController {
  id: string;
  /**
   * PEM: checks the controller's signatures (RSA, EC or Ed25519)
   */
  publicKeyFile: string;
  /**
   * Hosts (with their port where it is not 443) that its callbacks may name; others are refused
   *
   * @maxItems 20
   */
  callbackHosts: string[];
}
export interface ShopSettings {
  /**
   * Part of the address that the platform is given
   */
  name: string;
  /**
   * Only webhooks of this shop are taken: acme.myshopify.com
   */
  domain: string;
  /**
   * The app's client secret, which signs the webhooks, as env:NAME or file:PATH
   */
  secret: string;
  /**
   * The linked system whose ids are the shop's customer ids
   */
  system?: string;
}
/**
 * What an erasure does with each kind of record, per country whose law holds. Data, not code: change it with your lawyer.
 */
export interface RetentionPolicy {
  version: number;
  /**
   * Law of the controller: holds when a request names no country
   */
  defaultCountry: string;
  countries: {
    /**
     * @minItems 1
     * @maxItems 50
     */
    [k: string]: RetentionRule[];
  };
}
/**
 * The first rule that fits a record holds; a record that none fits becomes a manual task.
 */
export interface RetentionRule {
  kind: 'person' | 'company' | 'sale' | 'interaction' | 'consent' | 'document';
  /**
   * @minItems 1
   * @maxItems 10
   */
  saleKinds?: ('quote' | 'order' | 'invoice' | 'payment')[];
  action: 'delete' | 'anonymise' | 'block-until' | 'keep-until' | 'manual';
  /**
   * Full years after the end of the calendar year of the record
   */
  years?: number;
  legalBasis?: string;
}
/**
 * The settings that Ficha reads, as environment variables or as lines of the config file; the environment wins. Of a secret X, X_FILE may name a file that holds it instead. An empty one counts as not set.
 */
export interface Environment {
  /**
   * The config file. Without it ficha.yaml in the working folder, when it is there; `ficha init` writes one
   */
  FICHA_CONFIG?: string;
  /**
   * Folder of everything that Ficha keeps outside the databases: keys, embedded servers, sample workspace
   */
  FICHA_HOME?: string;
  /**
   * production turns off GraphiQL and the tokens of the sample users
   */
  FICHA_MODE?: 'development' | 'production';
  /**
   * Address that the HTTP server binds to
   */
  FICHA_HOST?: string;
  /**
   * Port of the HTTP server, which carries GraphQL and the command API; 0 takes a free one
   */
  FICHA_PORT?: number;
  /**
   * Where people reach Ficha, behind your proxy: links in mails and the sign-in come back to it. Without it the address that the server listens on
   */
  FICHA_PUBLIC_URL?: string;
  /**
   * For the command line: the Ficha to ask. Without it the one that runs in FICHA_HOME
   */
  FICHA_URL?: string;
  /**
   * For the command line: the token to ask with. Without it that of a sample user in FICHA_HOME
   */
  FICHA_TOKEN?: string;
  /**
   * After so long without a click the console signs out
   */
  FICHA_IDLE_MINUTES?: number;
  /**
   * Master keys, 32 bytes each as base64url or hex, newest first, parted by spaces or commas. Without it: FICHA_HOME/keys/master.key, made on the first start
   */
  FICHA_MASTER_KEY?: string;
  /**
   * File that holds the master keys, one a line, newest first
   */
  FICHA_MASTER_KEY_FILE?: string;
  /**
   * Claim of a token that lists the roles; dots go into objects (realm_access.roles)
   */
  FICHA_ROLES_CLAIM?: string;
  /**
   * JSON file of GraphQL operations that are answered besides those of the ficha command, and no other: a list of texts, or an object of them; production answers no other with or without it. any: every operation within the limits
   */
  FICHA_PERSISTED_OPERATIONS?: string;
  /**
   * PostgreSQL 18, as the owner of the database (CREATEROLE). Without it the embedded server starts
   */
  DATABASE_URL?: string;
  /**
   * File that holds DATABASE_URL
   */
  DATABASE_URL_FILE?: string;
  /**
   * host:port of a Temporal server. Without it a development server starts
   */
  TEMPORAL_ADDRESS?: string;
  /**
   * Namespace of the Temporal server
   */
  TEMPORAL_NAMESPACE?: string;
  /**
   * true speaks TLS; set by itself when a certificate or API key is given
   */
  TEMPORAL_TLS?: boolean;
  /**
   * PEM file of the authority that signed the server's certificate
   */
  TEMPORAL_TLS_CA_FILE?: string;
  /**
   * PEM file of our client certificate
   */
  TEMPORAL_TLS_CERT_FILE?: string;
  /**
   * PEM file of the key of our client certificate
   */
  TEMPORAL_TLS_KEY_FILE?: string;
  /**
   * Name expected in the server's certificate
   */
  TEMPORAL_TLS_SERVER_NAME?: string;
  /**
   * API key of the Temporal server
   */
  TEMPORAL_API_KEY?: string;
  /**
   * File that holds TEMPORAL_API_KEY
   */
  TEMPORAL_API_KEY_FILE?: string;
  /**
   * Name of the worker deployment, for Worker Versioning. Without it workers are unversioned
   */
  TEMPORAL_DEPLOYMENT_NAME?: string;
  /**
   * Version of this worker within its deployment, such as Ficha's version and your commit: it gets work once it is made the current one
   */
  TEMPORAL_WORKER_BUILD_ID?: string;
  /**
   * ClickHouse over HTTP. Without it the embedded library is used
   */
  CLICKHOUSE_URL?: string;
  /**
   * Database of ClickHouse
   */
  CLICKHOUSE_DATABASE?: string;
  /**
   * User of ClickHouse
   */
  CLICKHOUSE_USER?: string;
  /**
   * Password of that user
   */
  CLICKHOUSE_PASSWORD?: string;
  /**
   * File that holds CLICKHOUSE_PASSWORD
   */
  CLICKHOUSE_PASSWORD_FILE?: string;
  /**
   * Issuer of the tokens, as in their `iss`. Without it Ficha issues its own
   */
  OIDC_ISSUER?: string;
  /**
   * `aud` that a token must have
   */
  OIDC_AUDIENCE?: string;
  /**
   * Where the issuer's keys are; without it they are found by discovery
   */
  OIDC_JWKS_URL?: string;
  /**
   * Ficha's client id at the issuer: the console then signs people in there (authorization code with PKCE)
   */
  OIDC_CLIENT_ID?: string;
  /**
   * The client's secret; a public client has none
   */
  OIDC_CLIENT_SECRET?: string;
  /**
   * File that holds OIDC_CLIENT_SECRET
   */
  OIDC_CLIENT_SECRET_FILE?: string;
  /**
   * Mail server by which people write to clients: smtps://user:password@host:465, or smtp://host:587 (STARTTLS where the server offers it; ?requireTLS=true insists). Without it: in development messages become files in FICHA_HOME/outbox, in production none is sent
   */
  FICHA_SMTP_URL?: string;
  /**
   * File that holds FICHA_SMTP_URL
   */
  FICHA_SMTP_URL_FILE?: string;
  /**
   * Whom messages to clients come from: Acme <hello@acme.example>
   */
  FICHA_MAIL_FROM?: string;
  /**
   * Collector that takes traces by OTLP over HTTP (JSON, at /v1/traces). Without it there are none
   */
  OTEL_EXPORTER_OTLP_ENDPOINT?: string;
  /**
   * Headers for the collector, as name=value, parted by commas
   */
  OTEL_EXPORTER_OTLP_HEADERS?: string;
  /**
   * File that holds OTEL_EXPORTER_OTLP_HEADERS
   */
  OTEL_EXPORTER_OTLP_HEADERS_FILE?: string;
  /**
   * The least level that is logged
   */
  LOG_LEVEL?: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
}
