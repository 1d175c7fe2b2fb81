import type { RecordRef } from '../../connectors/kit/contract.ts';
import type { InboundRequest } from '../../connectors/kit/inbound.ts';
import type { Fault } from '../twins/kit/twin.ts';
import type { TwinClock } from '../twins/kit/twin-clock.ts';
import type { VendorTwin } from '../twins/kit/vendor-twin.ts';

type Awaitable<Value> = Value | Promise<Value>;

/** A system that is reached without HTTP: a database, a file. */
export interface LocalTwin {
  readonly clock: TwinClock;
  /** How often what it holds was changed by somebody else than the stage. */
  changes(): Awaitable<number>;
  stop(): Promise<void>;
}

export interface StagePerson {
  readonly givenName: string;
  readonly familyName: string;
  readonly email: string;
}

/**
 * What the acceptance suite needs of one vendor's twin: how its own users would add, change, remove. What a vendor has not is left out,
 * and the cases that need it are shown as not declared.
 */
export interface Stage {
  readonly twin: VendorTwin<object> | LocalTwin;
  readonly config: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, string>>;
  /** The stream of people, and how many the vendor lists a page. */
  readonly stream: string;
  /** The stream that tells who opted out; that of people when left out. */
  readonly consentStream?: string;
  /** An id that nobody has. */
  readonly absentId?: string;
  readonly pageSize: number;
  /** Adds one person as a user of the vendor; answers our external id. */
  addPerson(person: StagePerson): Awaitable<string>;
  changePerson(id: string, change: { readonly givenName: string }): Awaitable<void>;
  removePerson(id: string): Awaitable<void>;
  mergePeople?(winner: string, loser: string): Awaitable<void>;
  /** Whether the vendor still holds the person anywhere that it should not after an erasure. */
  holds(id: string): Awaitable<boolean>;
  /** Lets the vendor's jobs come to their end. */
  finishJobs?(): Awaitable<void>;
  /** There is no credential, or the system does not ask for it. */
  readonly letsAnyoneIn?: boolean;
  /** It tells the time itself: moving the clock moves nothing. */
  readonly ownTime?: boolean;
  /** The vendor does not tell whether it holds somebody. */
  readonly blind?: boolean;
  /** A field that the vendor begins to send, and one that changes its type. */
  addField?(id: string): Awaitable<void>;
  retypeField?(id: string): Awaitable<void>;
  isOptedOut?(id: string): Awaitable<boolean>;
  /** The person opts out at the vendor. */
  optOut?(id: string): Awaitable<void>;
  optIn?(id: string): Awaitable<void>;
  /** The next write of a state answers OK and changes nothing. */
  refuseSilently?(): Awaitable<void>;
  /** Takes a right away from the account; answers verbs that miss it. */
  withoutRight?(): Awaitable<void>;
  /** Makes the token end; how many tokens were made so far. */
  endToken?(): Awaitable<void>;
  tokensMade?(): number;
  /** Webhooks since it was asked last, as the vendor sends them. */
  webhooks?(): readonly InboundRequest[];
  /** A record that stays, with this text about a person; for `redact`. */
  addText?(personId: string, text: string): Awaitable<RecordRef>;
  textOf?(ref: RecordRef): Awaitable<string>;
  /** What the vendor writes in place of a word that it blots by itself; our own mark when left out. */
  readonly blots?: (word: string) => string;
  /** The vendor blots whole messages: the text that it leaves in place of one. */
  readonly blotsWhole?: string;
  /** A record of a kind that `keep` names. */
  addKept?(personId: string): Awaitable<RecordRef>;
  /** Calls that write, for a vendor that reads by POST too; every call of a writing method when left out. */
  readonly writes?: Pick<Fault, 'path' | 'body'>;
  /** Records about the person that must go before it does. */
  addChildren?(personId: string, count: number): Awaitable<void>;
  /** Answers the vendor's own "too many calls"; with the header that says how long, or without. */
  readonly tooMany?: {
    readonly withHeader?: {
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body?: unknown;
    };
    readonly bare?: { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown };
  };
}
