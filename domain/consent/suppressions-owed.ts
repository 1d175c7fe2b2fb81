import { type ConsentEvent, consentState } from './consent-state.ts';

/** "Do not contact" for one purpose on one channel. */
export interface OwedSuppression {
  readonly purpose: string;
  readonly channel: string;
}

/**
 * What must be suppressed in a system that can contact on these channels: every purpose that the person denied, and `*` where they
 * objected to every purpose.
 * @param events n >= 0, of one person, any order
 * @param channels on which the system can contact
 */
export function suppressionsOwed(events: readonly ConsentEvent[], channels: readonly string[]): OwedSuppression[] {
  const purposes = [...new Set(events.map(({ purpose }) => purpose))].sort();
  return channels.flatMap((channel) =>
    purposes.filter((purpose) => consentState(events, purpose, channel) === 'denied').map((purpose) => ({ purpose, channel })),
  );
}
