import type { TwinClock } from '../kit/twin-clock.ts';

/** One contact, as a query answers it. */
export interface Contact extends Record<string, unknown> {
  readonly Id: string;
  FirstName: string | null;
  LastName: string;
  Email: string | null;
  HasOptedOutOfEmail: boolean;
  IsDeleted: boolean;
  SystemModstamp: string;
}

export interface SalesforceState {
  nextId: number;
  /** Deleted ones are here with `IsDeleted`, until the bin is emptied. */
  readonly contacts: Map<string, Contact>;
  tokens: string[];
  /** Writes that answer OK and change nothing, so many. */
  deaf: number;
}

export const emptyState = (): SalesforceState => ({ nextId: 1, contacts: new Map(), tokens: [], deaf: 0 });

/** Times as Salesforce writes them: an offset without a colon. */
const stampOf = (clock: TwinClock): string => clock.stamp().replace('Z', '+0000');

export function addContact(
  state: SalesforceState,
  clock: TwinClock,
  { FirstName, LastName, Email }: { readonly FirstName: string; readonly LastName: string; readonly Email: string },
): Contact {
  const contact: Contact = {
    Id: `003${String(state.nextId).padStart(15, '0')}`,
    FirstName,
    LastName,
    Email,
    HasOptedOutOfEmail: false,
    DoNotCall: false,
    IsDeleted: false,
    SystemModstamp: stampOf(clock),
  };
  state.nextId += 1;
  state.contacts.set(contact.Id, contact);
  return contact;
}

export function changeContact(clock: TwinClock, contact: Contact, change: Partial<Contact>): void {
  Object.assign(contact, change, { SystemModstamp: stampOf(clock) });
}
