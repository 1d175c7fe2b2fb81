import type { RecordRef } from '../../connectors/kit/contract.ts';
import type { InboundRequest } from '../../connectors/kit/inbound.ts';
import type { VendorTwin } from '../twins/kit/vendor-twin.ts';

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
  readonly twin: VendorTwin<object>;
  readonly config: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, string>>;
  /** The stream of people, and how many the vendor lists a page. */
  readonly stream: string;
  readonly pageSize: number;
  /** Adds one person as a user of the vendor; answers our external id. */
  addPerson(person: StagePerson): string;
  changePerson(id: string, change: { readonly givenName: string }): void;
  removePerson(id: string): void;
  mergePeople?(winner: string, loser: string): void;
  /** Whether the vendor still holds the person anywhere that it should not after an erasure. */
  holds(id: string): boolean;
  /** Lets the vendor's jobs come to their end. */
  finishJobs?(): void;
  /** The vendor does not tell whether it holds somebody. */
  readonly blind?: boolean;
  /** A field that the vendor begins to send, and one that changes its type. */
  addField?(id: string): void;
  retypeField?(id: string): void;
  isOptedOut?(id: string): boolean;
  /** The person opts out at the vendor. */
  optOut?(id: string): void;
  optIn?(id: string): void;
  /** The next write of a state answers OK and changes nothing. */
  refuseSilently?(): void;
  /** Takes a right away from the account; answers verbs that miss it. */
  withoutRight?(): void;
  /** Makes the token end; how many tokens were made so far. */
  endToken?(): void;
  tokensMade?(): number;
  /** Webhooks since it was asked last, as the vendor sends them. */
  webhooks?(): readonly InboundRequest[];
  /** A record that stays, with this text about a person; for `redact`. */
  addText?(personId: string, text: string): RecordRef;
  textOf?(ref: RecordRef): string;
  /** A record of a kind that `keep` names. */
  addKept?(personId: string): RecordRef;
  /** Paths of calls that write, for a vendor that reads by POST too; every call of a writing method when left out. */
  readonly writes?: RegExp;
  /** Records about the person that must go before it does. */
  addChildren?(personId: string, count: number): void;
  /** Answers the vendor's own "too many calls"; with the header that says how long, or without. */
  readonly tooMany: {
    readonly withHeader?: {
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body?: unknown;
    };
    readonly bare?: { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown };
  };
}
