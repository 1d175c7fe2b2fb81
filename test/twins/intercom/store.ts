import type { TwinClock } from '../kit/twin-clock.ts';

/** One contact, as Intercom answers it. */
export interface Contact extends Record<string, unknown> {
  readonly id: string;
  name: string;
  email: string;
  unsubscribed_from_emails: boolean;
  updated_at: number;
}

export interface Conversation {
  readonly id: string;
  readonly contactId: string;
  readonly source: { readonly body: string };
  readonly contacts: { readonly contacts: readonly { readonly id: string }[] };
  readonly open: boolean;
  readonly created_at: number;
  readonly updated_at: number;
}

export interface Company {
  readonly id: string;
  readonly name: string;
  readonly updated_at: number;
}

export interface IntercomState {
  nextId: number;
  readonly contacts: Map<string, Contact>;
  readonly conversations: Map<string, Conversation>;
  readonly companies: Map<string, Company>;
  /** Writes of the opt-out that answer OK and change nothing, so many. */
  deaf: number;
}

export const emptyState = (): IntercomState => ({
  nextId: 1,
  contacts: new Map(),
  conversations: new Map(),
  companies: new Map(),
  deaf: 0,
});

const secondsOf = (clock: TwinClock): number => Math.floor(clock.now().getTime() / 1_000);

const nextId = (state: IntercomState): string => {
  const id = `6600${String(state.nextId).padStart(8, '0')}`;
  state.nextId += 1;
  return id;
};

export function addContact(
  state: IntercomState,
  clock: TwinClock,
  { name, email }: { readonly name: string; readonly email: string },
): Contact {
  const id = nextId(state);
  const contact: Contact = {
    type: 'contact',
    id,
    role: 'user',
    name,
    email,
    phone: null,
    unsubscribed_from_emails: false,
    custom_attributes: {},
    updated_at: secondsOf(clock),
  };
  state.contacts.set(id, contact);
  return contact;
}

export function changeContact(clock: TwinClock, contact: Contact, change: Partial<Contact>): void {
  Object.assign(contact, change, { updated_at: secondsOf(clock) });
}

export function addCompany(state: IntercomState, clock: TwinClock, name: string): Company {
  const company = { id: nextId(state), name, updated_at: secondsOf(clock) };
  state.companies.set(company.id, company);
  return company;
}

export function addConversation(state: IntercomState, clock: TwinClock, contactId: string, body: string): Conversation {
  const at = secondsOf(clock);
  const contacts = { contacts: [{ id: contactId }] };
  const conversation = { id: nextId(state), contactId, source: { body }, contacts, open: true, created_at: at, updated_at: at };
  state.conversations.set(conversation.id, conversation);
  return conversation;
}
