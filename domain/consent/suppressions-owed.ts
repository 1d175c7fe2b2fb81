import { type ConsentEvent, consentState, decisionFor } from './consent-state.ts';

/** "Do not contact" for one purpose on one channel. */
export interface OwedSuppression {
  readonly purpose: string;
  readonly channel: string;
}

/** A no, or a yes whose time is over: a system that heard the yes must hear that it holds no more. */
const isOver = (state: ReturnType<typeof consentState>): boolean => state === 'denied' || state === 'expired';

/**
 * What must be suppressed in a system that can contact on these channels: every purpose that the person denied or whose yes expired, and
 * `*` where they objected to every purpose.
 * @param events n >= 0, of one person, any order
 * @param channels on which the system can contact
 */
export function suppressionsOwed(events: readonly ConsentEvent[], channels: readonly string[]): OwedSuppression[] {
  const purposes = [...new Set(events.map(({ purpose }) => purpose))].sort();
  return channels.flatMap((channel) =>
    purposes.filter((purpose) => isOver(consentState(events, purpose, channel))).map((purpose) => ({ purpose, channel })),
  );
}

/** Whether a suppression in force stays, and if not, by which event; `null`: the ledger has no word on it any more. */
export type SuppressionFate<Event extends ConsentEvent> =
  | { readonly kind: 'stays' }
  | { readonly kind: 'lifted'; readonly by: Event | null };

/**
 * A suppression in force stays until the person says yes to exactly that, or until the ledger holds nothing about it because the
 * records that said no went to another client (a split). Waiting for a confirmation, and a state that an import found, lift nothing.
 */
export function suppressionFate<Event extends ConsentEvent>(
  events: readonly Event[],
  { purpose, channel }: OwedSuppression,
): SuppressionFate<Event> {
  const decided = decisionFor(events, purpose, channel);
  if (decided === undefined) return { kind: 'lifted', by: null };
  return decided.answer === 'granted' && decided.atKnown ? { kind: 'lifted', by: decided } : { kind: 'stays' };
}
