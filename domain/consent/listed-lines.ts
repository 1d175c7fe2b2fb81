import type { ConsentEvent } from './consent-state.ts';

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

/** A complaint, and an address that does not work, stay until somebody takes the address off the list: no yes undoes them. */
export const isStanding = ({ reason }: Pick<ListedLine, 'reason'>): boolean => reason === 'complaint' || reason === 'hard-bounce';

const endOfTime = '9999-12-31T23:59:59.999Z';

const isYesAfter = ({ answer, atKnown, purpose, channel, at }: ConsentEvent, line: ListedLine): boolean =>
  answer === 'granted' && atKnown && purpose !== '*' && at > line.since && (line.channel === 'any' || channel === line.channel);

/**
 * Lines of the list as denials in the ledger of one client who carries the address, so that the gate and what the linked systems are told
 * follow one rule. An opt-out is the person's own no. A list, an ended relation, no interest, a sign-up never confirmed: the person's own
 * later yes to exactly that purpose and channel counts more, an older one does not; where such a line is about every purpose and they said
 * yes to one since, it is a no to each of the others by itself. What stands counts as newer than anything.
 * @see LOPDGDD art. 23.4 (no look at exclusion lists where the person consented to the sender); L. 5/2018 art. 1(5) (older consents are revoked)
 */
export function asDenials(subjectId: string, lines: readonly ListedLine[], events: readonly ConsentEvent[]): ConsentEvent[] {
  const purposes = [...new Set(events.map(({ purpose }) => purpose))].filter((purpose) => purpose !== '*');
  return lines.flatMap((line) => {
    const at = isStanding(line) ? endOfTime : line.since;
    const denial = { subjectId, purpose: line.purpose, channel: line.channel, answer: 'denied', at, atKnown: true } as const;
    const yields = !isStanding(line) && line.reason !== 'opt-out' && line.purpose === '*';
    return yields && events.some((event) => isYesAfter(event, line))
      ? purposes.map((purpose): ConsentEvent => ({ ...denial, purpose }))
      : [denial];
  });
}
