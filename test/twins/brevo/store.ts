import type { TwinClock } from '../kit/twin-clock.ts';

/** One contact, as Brevo answers it; whether it is on the blocklist hangs on its address. */
export interface Contact extends Record<string, unknown> {
  readonly id: number;
  email: string;
  attributes: Record<string, unknown>;
  readonly createdAt: string;
  modifiedAt: string;
}

export interface BrevoState {
  nextId: number;
  readonly contacts: Map<number, Contact>;
  /** Addresses that get no campaigns, and those of contacts that get no SMS. */
  readonly blockedEmails: Set<string>;
  readonly blockedSms: Set<string>;
  /** Addresses in the log of mail that was sent. */
  readonly sentTo: Set<string>;
  /** Transactional mail by its idempotency key. */
  readonly sent: Map<string, { readonly to: string; readonly subject: string; readonly text: string; readonly html: string }>;
  /** Writes of the blocklist that answer OK and change nothing, so many. */
  deaf: number;
}

export const emptyState = (): BrevoState => ({
  nextId: 1,
  contacts: new Map(),
  blockedEmails: new Set(),
  blockedSms: new Set(),
  sentTo: new Set(),
  sent: new Map(),
  deaf: 0,
});

export function addContact(
  state: BrevoState,
  clock: TwinClock,
  { email, ...attributes }: { readonly email: string; readonly FIRSTNAME?: string; readonly LASTNAME?: string },
): Contact {
  const at = clock.stamp();
  const contact: Contact = { id: state.nextId, email, attributes, listIds: [2], createdAt: at, modifiedAt: at };
  state.nextId += 1;
  state.contacts.set(contact.id, contact);
  return contact;
}

export function changeContact(clock: TwinClock, contact: Contact, change: Partial<Contact>): void {
  Object.assign(contact, change, { modifiedAt: clock.stamp() });
}

/** A field that changed its type is no address. */
export const addressOf = ({ email }: Contact): string => (typeof email === 'string' ? email.toLowerCase() : '');
