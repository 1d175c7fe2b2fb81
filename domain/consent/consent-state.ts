import { FichaError } from '../record/error.ts';

/** What a person's answer is worth now. `expired`: they said yes, for a time that is over. */
export type Answer = 'granted' | 'denied' | 'pending' | 'expired';

/** What one person said, once, for one purpose on one channel. `*` is every purpose, `any` every channel. */
export interface ConsentEvent {
  readonly subjectId: string;
  readonly purpose: string;
  readonly channel: string;
  readonly answer: Answer;
  /** Event time: UTC, ISO 8601 with milliseconds, so that it compares as text. */
  readonly at: string;
  /** False when a state was found without its time; `at` is then when it was first seen. */
  readonly atKnown: boolean;
}

const protection: Readonly<Record<Answer, number>> = { granted: 0, expired: 1, pending: 2, denied: 3 };

/** Whether an event has the rank of something said: a found grant or a found pending state is only a default. */
const isAct = ({ atKnown, answer }: ConsentEvent): boolean => atKnown || answer === 'denied';

/** Of two events the one that counts: an act before a default, the later before the earlier, the more protective at equal time. */
function stronger<Event extends ConsentEvent>(one: Event, other: Event): Event {
  if (isAct(one) !== isAct(other)) return isAct(one) ? one : other;
  if (one.at !== other.at) return one.at > other.at ? one : other;
  return protection[one.answer] >= protection[other.answer] ? one : other;
}

/**
 * The event that decides, of one purpose on one channel. Objection comes before the newest explicit act, that before a state that an
 * import found: an import or a stale webhook can lower consent and never raise it. The order of arrival never matters.
 * @param events n >= 0, any order, of one person
 * @returns undefined when nothing was said: nothing is sent then (rule 3). O(n)
 * @throws FichaError `mixed-subjects` when they belong to more than one person
 * @see Regulation (EU) 2016/679, art. 7(1) and 7(3)
 */
export function decidingEvent<Event extends ConsentEvent>(events: readonly Event[]): Event | undefined {
  let last: Event | undefined;
  for (const event of events) {
    if (last && event.subjectId !== last.subjectId)
      throw new FichaError('mixed-subjects', 'consent events of two people were put together');
    last = last === undefined ? event : stronger(last, event);
  }
  return last;
}

/**
 * The event that decides for one purpose on one channel, from the whole ledger. A denial of every purpose beats every purpose until it
 * is taken back for every purpose; a denial on any channel is one more event of each channel.
 * @returns undefined when nothing was said: unknown, and unknown is no (rule 3)
 * @see Regulation (EU) 2016/679, art. 21(3)
 */
export function decisionFor<Event extends ConsentEvent>(
  events: readonly Event[],
  purpose: string,
  channel: string,
): Event | undefined {
  const onChannel = events.filter((event) => event.channel === channel || event.channel === 'any');
  const general = decidingEvent(onChannel.filter((event) => event.purpose === '*'));
  if (general?.answer === 'denied' || purpose === '*') return general;
  return decidingEvent(onChannel.filter((event) => event.purpose === purpose && counts(event, channel)));
}

/** What one person allows for one purpose on one channel, from the whole ledger. */
export const consentState = (events: readonly ConsentEvent[], purpose: string, channel: string): Answer | 'unknown' =>
  decisionFor(events, purpose, channel)?.answer ?? 'unknown';

/** Nobody agrees to "any channel" for one of them; a denial on any channel holds on each. */
const counts = (event: ConsentEvent, channel: string): boolean => event.channel === channel || event.answer === 'denied';

/** Events of a client: its people's ledgers put together under one id, so that a merge takes the more protective state. */
export function asOneSubject<Event extends ConsentEvent>(clientId: string, events: readonly Event[]): Event[] {
  return events.map((event) => ({ ...event, subjectId: clientId }));
}

/** One line of the matrix purpose x channel. */
export interface MatrixLine<Event extends ConsentEvent> {
  readonly purpose: string;
  readonly channel: string;
  readonly answer: Answer;
  readonly decidedBy: Event;
}

/**
 * What holds for every purpose and channel that was ever named: an objection to every purpose shows on each purpose that it beats. What is
 * not listed is unknown, and unknown is no. O(n x purposes x channels); a person has few of each.
 */
export function consentMatrix<Event extends ConsentEvent>(events: readonly Event[]): MatrixLine<Event>[] {
  const channels = [...new Set(events.map(({ channel }) => channel))].sort();
  const purposes = [...new Set(events.map(({ purpose }) => purpose))].sort();
  return purposes.flatMap((purpose) =>
    channels.flatMap((channel) => {
      const decidedBy = decisionFor(events, purpose, channel);
      if (decidedBy === undefined || isEmptyYes(decidedBy, purpose, channel)) return [];
      return [{ purpose, channel, answer: decidedBy.answer, decidedBy }];
    }),
  );
}

/** A yes to every purpose or to any channel takes an objection back and allows nothing by itself. */
const isEmptyYes = ({ answer }: ConsentEvent, purpose: string, channel: string): boolean =>
  answer !== 'denied' && (purpose === '*' || channel === 'any');
