import type { TwinClock } from '../kit/twin-clock.ts';

/** One contact, as Intercom answers it. */
export interface Contact extends Record<string, unknown> {
  readonly id: string;
  name: string;
  email: string;
  unsubscribed_from_emails: boolean;
  updated_at: number;
}

/** What a contact or an agent wrote: a part of a conversation, or its source. */
export interface Message {
  readonly type: string;
  readonly id: string;
  readonly author: { readonly type: 'user' | 'admin'; readonly id: string };
  body: string | null;
  redacted: boolean;
}

export interface Conversation {
  readonly id: string;
  readonly contactId: string;
  title: string | null;
  readonly source: Message;
  readonly conversation_parts: { readonly type: string; readonly conversation_parts: Message[] };
  readonly contacts: { readonly contacts: readonly { readonly id: string }[] };
  readonly open: boolean;
  readonly created_at: number;
  updated_at: number;
}

export interface Ticket {
  readonly type: 'ticket';
  readonly id: string;
  ticket_attributes: Record<string, unknown>;
  readonly contacts: { readonly contacts: readonly { readonly id: string }[] };
  readonly open: boolean;
  readonly created_at: number;
  updated_at: number;
}

/** What Intercom leaves in place of a message that was redacted. */
export const redactedBody = '<p><i>This message was deleted</i></p>';

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
  readonly tickets: Map<string, Ticket>;
  /** Notes of agents about a contact, by its id; they go with it. */
  readonly notes: Map<string, { readonly id: string; readonly body: string }[]>;
  /** Writes of the opt-out that answer OK and change nothing, so many. */
  deaf: number;
}

export const emptyState = (): IntercomState => ({
  nextId: 1,
  contacts: new Map(),
  conversations: new Map(),
  companies: new Map(),
  tickets: new Map(),
  notes: new Map(),
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
  const source = message(state, 'conversation', { type: 'user', id: contactId }, body);
  const conversation: Conversation = {
    id: nextId(state),
    contactId,
    title: null,
    source,
    conversation_parts: { type: 'conversation_part.list', conversation_parts: [] },
    contacts: { contacts: [{ id: contactId }] },
    open: true,
    created_at: at,
    updated_at: at,
  };
  state.conversations.set(conversation.id, conversation);
  return conversation;
}

const message = (state: IntercomState, type: string, author: Message['author'], body: string): Message => ({
  type,
  id: nextId(state),
  author,
  body,
  redacted: false,
});

/** An agent answers in a conversation. */
export function addPart(state: IntercomState, conversation: Conversation, body: string): Message {
  const part = message(state, 'conversation_part', { type: 'admin', id: '991' }, body);
  conversation.conversation_parts.conversation_parts.push(part);
  return part;
}

export function addTicket(
  state: IntercomState,
  clock: TwinClock,
  contactId: string,
  texts: { readonly title: string; readonly description: string },
): Ticket {
  const at = secondsOf(clock);
  const ticket: Ticket = {
    type: 'ticket',
    id: nextId(state),
    ticket_attributes: { _default_title_: texts.title, _default_description_: texts.description },
    contacts: { contacts: [{ id: contactId }] },
    open: true,
    created_at: at,
    updated_at: at,
  };
  state.tickets.set(ticket.id, ticket);
  return ticket;
}

/** A merge: what the one that vanishes wrote belongs to the one that stays. */
export function mergeContacts(state: IntercomState, clock: TwinClock, winner: Contact, loser: Contact): void {
  for (const one of state.conversations.values())
    if (one.contactId === loser.id)
      Object.assign(one, { contactId: winner.id, contacts: { contacts: [{ id: winner.id }] }, updated_at: secondsOf(clock) });
  for (const one of state.tickets.values())
    if (one.contacts.contacts[0]?.id === loser.id)
      Object.assign(one, { contacts: { contacts: [{ id: winner.id }] }, updated_at: secondsOf(clock) });
  state.contacts.delete(loser.id);
  changeContact(clock, winner, {});
}
