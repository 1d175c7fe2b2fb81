import type { TwinClock } from '../kit/twin-clock.ts';

/** One contact, as Brevo answers it; whether it is on the blocklist hangs on its address. */
export interface Contact extends Record<string, unknown> {
  readonly id: number;
  email: string;
  attributes: Record<string, unknown>;
  readonly createdAt: string;
  modifiedAt: string;
}

export interface Company {
  readonly id: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface Deal {
  readonly id: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly linkedContactsIds: readonly number[];
}

export interface Order {
  readonly id: string;
  readonly contact_id: number;
  readonly email: string;
  readonly status: string;
  readonly amount: number;
  readonly billing: Readonly<Record<string, unknown>>;
  readonly products: readonly object[];
  readonly createdAt: string;
  updatedAt: string;
}

export interface Note {
  readonly id: string;
  text: string;
  readonly contactIds: readonly number[];
  readonly createdAt: string;
  updatedAt: string;
}

export interface BrevoState {
  nextId: number;
  readonly companies: Map<string, Company>;
  readonly deals: Map<string, Deal>;
  readonly orders: Map<string, Order>;
  readonly notes: Map<string, Note>;
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
  companies: new Map(),
  deals: new Map(),
  orders: new Map(),
  notes: new Map(),
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

/** An id as Brevo's CRM gives it: 24 hexadecimal digits. */
const crmId = (state: BrevoState): string => {
  const id = state.nextId.toString(16).padStart(24, '6');
  state.nextId += 1;
  return id;
};

export function addNote(state: BrevoState, clock: TwinClock, contactId: number, text: string): Note {
  const at = clock.stamp();
  const note: Note = { id: crmId(state), text, contactIds: [contactId], createdAt: at, updatedAt: at };
  state.notes.set(note.id, note);
  return note;
}

export function addCompany(state: BrevoState, clock: TwinClock, name: string): Company {
  const company = { id: crmId(state), attributes: { name, last_updated_at: clock.stamp() } };
  state.companies.set(company.id, company);
  return company;
}

export function addDeal(state: BrevoState, clock: TwinClock, contactId: number, amount: number): Deal {
  const at = clock.stamp();
  const attributes = { deal_name: 'Kitchen', deal_stage: 'won', amount, created_at: at, last_updated_date: at };
  const deal = { id: crmId(state), attributes, linkedContactsIds: [contactId], linkedCompaniesIds: [] };
  state.deals.set(deal.id, deal);
  return deal;
}

/** The connected shop sends an order. */
export function addOrder(state: BrevoState, clock: TwinClock, { id, email }: Contact): Order {
  const at = clock.stamp();
  const billing = { address: 'Calle Mayor 1', city: 'Madrid', phone: '600111222' };
  const rest = { status: 'completed', amount: 49.9, billing, products: [], createdAt: at, updatedAt: at };
  const order: Order = { id: `order-${state.orders.size + 1}`, contact_id: id, email, ...rest };
  state.orders.set(order.id, order);
  return order;
}

/** Somebody merges two contacts: notes go to the one that stays, the other is gone. */
export function mergeContacts(state: BrevoState, clock: TwinClock, winner: Contact, loser: Contact): void {
  for (const note of state.notes.values())
    if (note.contactIds.includes(loser.id)) Object.assign(note, { contactIds: [winner.id], updatedAt: clock.stamp() });
  state.contacts.delete(loser.id);
  changeContact(clock, winner, {});
}
