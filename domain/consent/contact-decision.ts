import { type ConsentEvent, consentState } from './consent-state.ts';

/** Why an address stands on the suppression list. */
export type ListedReason =
  | 'opt-out'
  | 'complaint'
  | 'hard-bounce'
  | 'ended-relation'
  | 'no-interest'
  | 'unconfirmed'
  | 'exclusion-list';

/** A line of the suppression list about one address. `*` is every purpose, `any` every channel. */
export interface ListedLine {
  readonly reason: ListedReason;
  readonly purpose: string;
  readonly channel: string;
  /** UTC, ISO 8601 with milliseconds. */
  readonly since: string;
}

/** One client that carries the address. */
export interface Carrier {
  readonly clientId: string;
  readonly state: 'active' | 'restricted' | 'blocked' | 'erased';
  /** The client's whole ledger, in any order. */
  readonly events: readonly ConsentEvent[];
}

/** What is known of one address that somebody wants to write to. */
export interface Recipient {
  readonly carriers: readonly Carrier[];
  readonly listed: readonly ListedLine[];
  /** The client whom the message is for, when it holds something of theirs: a document, an answer. */
  readonly meantFor?: string;
  /** It was written to as often as the policy allows. */
  readonly tooOften?: boolean;
}

/** What is wanted of a recipient. `consent`: whether the purpose needs the person's yes; a contract's mail, say, does not. */
export interface Contact {
  readonly purpose: string;
  readonly channel: string;
  readonly consent: 'needed' | 'not-needed';
}

/** Why not, or why: the first that applies, in this order. */
export type ContactReason =
  | `listed-${Exclude<ListedReason, 'opt-out'>}`
  | 'of-another-client'
  | 'held'
  | 'denied'
  | 'pending'
  | 'expired'
  | 'unknown'
  | 'too-often'
  | 'granted'
  | 'not-needed';

export interface ContactDecision {
  readonly allowed: boolean;
  readonly reason: ContactReason;
}

const no = (reason: ContactReason): ContactDecision => ({ allowed: false, reason });

const isAbout = ({ purpose, channel }: ListedLine, wanted: Contact): boolean =>
  (purpose === '*' || purpose === wanted.purpose) && (channel === 'any' || channel === wanted.channel);

/** An opt-out on the list is a denial like any other: a later yes of the person counts more. */
const asDenial = (subjectId: string, { purpose, channel, since }: ListedLine): ConsentEvent => ({
  subjectId,
  purpose,
  channel,
  answer: 'denied',
  at: since,
  atKnown: true,
});

/**
 * Whether one address may be written to now. An address that several clients share is written to only when each of them may be; what
 * is meant for one client goes to no address that another carries too. Nothing said is no (rule 3).
 * @see Regulation (EU) 2016/679, art. 18, 21(3) and 32
 */
export function contactDecision({ carriers, listed, meantFor, tooOften = false }: Recipient, wanted: Contact): ContactDecision {
  const lines = listed.filter((line) => isAbout(line, wanted));
  for (const { reason } of lines) if (reason !== 'opt-out') return no(`listed-${reason}`);
  if (meantFor !== undefined && (carriers.length === 0 || carriers.some(({ clientId }) => clientId !== meantFor))) {
    return no('of-another-client');
  }
  if (carriers.some(({ state }) => state !== 'active')) return no('held');
  const optOuts = lines.filter(({ reason }) => reason === 'opt-out');
  const states = carriers.map(({ clientId, events }) =>
    consentState([...events, ...optOuts.map((line) => asDenial(clientId, line))], wanted.purpose, wanted.channel),
  );
  if (states.includes('denied') || (carriers.length === 0 && optOuts.length > 0)) return no('denied');
  if (wanted.consent === 'not-needed') return { allowed: true, reason: 'not-needed' };
  if (states.includes('pending')) return no('pending');
  if (states.includes('expired')) return no('expired');
  if (states.length === 0 || states.includes('unknown')) return no('unknown');
  return tooOften ? no('too-often') : { allowed: true, reason: 'granted' };
}
