import type { TwinClock } from '../kit/twin-clock.ts';

/** One contact, as ActiveCampaign answers it: every value is a text. */
export interface Contact extends Record<string, unknown> {
  readonly id: string;
  email: string;
  firstName: string;
  lastName: string;
  phone: string;
  readonly cdate: string;
  udate: string;
}

/** Status of one contact on one list: 1 active, 2 unsubscribed. */
interface Membership {
  readonly contact: string;
  readonly list: string;
  status: '0' | '1' | '2' | '3';
}

/** A note about a contact. */
interface Note {
  readonly id: string;
  readonly relid: string;
  readonly reltype: 'Subscriber';
  readonly cdate: string;
  note: string;
}

export interface ActiveCampaignState {
  nextId: number;
  readonly contacts: Map<string, Contact>;
  readonly memberships: Membership[];
  readonly notes: Map<string, Note>;
  readonly deals: Map<string, Record<string, unknown>>;
  readonly accounts: Map<string, Record<string, unknown>>;
  /** Customers and orders of the connected shop. */
  readonly customers: Map<string, Record<string, unknown>>;
  readonly orders: Map<string, Record<string, unknown>>;
  /** Writes of a membership that answer OK and change nothing, so many. */
  deaf: number;
}

export const lists = ['1', '2'] as const;

export const emptyState = (): ActiveCampaignState => ({
  nextId: 1,
  contacts: new Map(),
  memberships: [],
  notes: new Map(),
  deals: new Map(),
  accounts: new Map(),
  customers: new Map(),
  orders: new Map(),
  deaf: 0,
});

const nextId = (state: ActiveCampaignState): string => {
  const id = String(state.nextId);
  state.nextId += 1;
  return id;
};

/** Adds a contact, active on the first list. */
export function addContact(
  state: ActiveCampaignState,
  clock: TwinClock,
  { email, firstName = '', lastName = '' }: { readonly email: string; readonly firstName?: string; readonly lastName?: string },
): Contact {
  const at = clock.stamp();
  const contact: Contact = { id: nextId(state), email, firstName, lastName, phone: '', ip: '0', cdate: at, udate: at };
  state.contacts.set(contact.id, contact);
  state.memberships.push({ contact: contact.id, list: lists[0], status: '1' });
  return contact;
}

export function changeContact(clock: TwinClock, contact: Contact, change: Partial<Contact>): void {
  Object.assign(contact, change, { udate: clock.stamp() });
}

/** Puts a contact on a list, or changes its state there, as the person or a user of the account does. */
export function setMembership(state: ActiveCampaignState, contact: string, list: string, status: Membership['status']): void {
  const found = state.memberships.find((one) => one.contact === contact && one.list === list);
  if (found === undefined) state.memberships.push({ contact, list, status });
  else found.status = status;
}

export const statusOf = (state: ActiveCampaignState, contact: string, list: string): string | undefined =>
  state.memberships.find((one) => one.contact === contact && one.list === list)?.status;

export function addNote(state: ActiveCampaignState, clock: TwinClock, contact: string, note: string): string {
  const id = nextId(state);
  state.notes.set(id, { id, relid: contact, reltype: 'Subscriber', cdate: clock.stamp(), note });
  return id;
}

/** A merge: notes and deals go to the one that stays. */
export function mergeContacts(state: ActiveCampaignState, clock: TwinClock, winner: string, loser: string): void {
  for (const [id, note] of state.notes) if (note.relid === loser) state.notes.set(id, { ...note, relid: winner });
  for (const deal of state.deals.values()) if (deal['contact'] === loser) deal['contact'] = winner;
  removeContact(state, loser);
  const stays = state.contacts.get(winner);
  if (stays !== undefined) changeContact(clock, stays, {});
}

export function addDeal(state: ActiveCampaignState, clock: TwinClock, contact: string, value: string): string {
  const id = nextId(state);
  const at = clock.stamp();
  state.deals.set(id, { id, contact, account: null, value, currency: 'eur', status: '1', title: 'Deal', cdate: at, mdate: at });
  return id;
}

/** The contact goes with its memberships; notes and deals stay behind. */
export function removeContact(state: ActiveCampaignState, id: string): boolean {
  for (let place = state.memberships.length - 1; place >= 0; place -= 1)
    if (state.memberships[place]?.contact === id) state.memberships.splice(place, 1);
  return state.contacts.delete(id);
}

/** The shop sends a customer; gives its id. */
export function addCustomer(state: ActiveCampaignState, clock: TwinClock, email: string): string {
  const id = nextId(state);
  state.customers.set(id, { id, connectionid: '1', externalid: `shop-${id}`, email, totalRevenue: '0', tstamp: clock.stamp() });
  return id;
}

/** The shop sends an order of a customer; gives its id. */
export function addOrder(
  state: ActiveCampaignState,
  clock: TwinClock,
  customerid: string,
  fields: Readonly<Record<string, unknown>>,
): string {
  const id = nextId(state);
  const at = clock.stamp();
  const email = state.customers.get(customerid)?.['email'];
  state.orders.set(id, { id, customerid, email, currency: 'EUR', state: '1', createdDate: at, updatedDate: at, ...fields });
  return id;
}
