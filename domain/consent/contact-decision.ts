import { type ConsentEvent, consentState } from './consent-state.ts';
import { asDenials, isStanding, type ListedLine, type ListedReason } from './listed-lines.ts';

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

/** Why the list alone, and no word of theirs, says no to somebody; undefined when their own word does. */
function listedAlone(carriers: readonly Carrier[], lines: readonly ListedLine[], { purpose, channel }: Contact) {
  const yielding = lines.find(({ reason }) => reason !== 'opt-out');
  const optOuts = lines.filter(({ reason }) => reason === 'opt-out');
  const saidNo = carriers.some(
    ({ clientId, events }) => consentState([...events, ...asDenials(clientId, optOuts, events)], purpose, channel) === 'denied',
  );
  return saidNo || (carriers.length === 0 && optOuts.length > 0) ? undefined : yielding?.reason;
}

/**
 * Whether one address may be written to now. An address that several clients share is written to only when each of them may be; what
 * is meant for one client goes to no address that another carries too. Nothing said is no (rule 3).
 * @see Regulation (EU) 2016/679, art. 18, 21(3) and 32
 */
export function contactDecision({ carriers, listed, meantFor, tooOften = false }: Recipient, wanted: Contact): ContactDecision {
  const lines = listed.filter((line) => isAbout(line, wanted));
  for (const line of lines) if (isStanding(line)) return no(reasonOf(line.reason));
  if (meantFor !== undefined && (carriers.length === 0 || carriers.some(({ clientId }) => clientId !== meantFor))) {
    return no('of-another-client');
  }
  if (carriers.some(({ state }) => state !== 'active')) return no('held');
  const states = carriers.map(({ clientId, events }) =>
    consentState([...events, ...asDenials(clientId, lines, events)], wanted.purpose, wanted.channel),
  );
  if (states.includes('denied') || (carriers.length === 0 && lines.length > 0)) {
    return no(reasonOf(listedAlone(carriers, lines, wanted) ?? 'opt-out'));
  }
  if (wanted.consent === 'not-needed') return { allowed: true, reason: 'not-needed' };
  if (states.includes('pending')) return no('pending');
  if (states.includes('expired')) return no('expired');
  if (states.length === 0 || states.includes('unknown')) return no('unknown');
  return tooOften ? no('too-often') : { allowed: true, reason: 'granted' };
}

const reasonOf = (reason: ListedReason): ContactReason => (reason === 'opt-out' ? 'denied' : `listed-${reason}`);
