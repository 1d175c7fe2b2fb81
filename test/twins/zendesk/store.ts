import type { TwinClock } from '../kit/twin-clock.ts';

/** One user, as Zendesk answers it. */
export interface User extends Record<string, unknown> {
  readonly id: number;
  name: string;
  email: string;
  active: boolean;
  user_fields: Record<string, unknown>;
  updated_at: string;
}

export interface Ticket extends Record<string, unknown> {
  readonly id: number;
  readonly requester_id: number;
  subject: string;
  description: string;
  status: string;
  updated_at: string;
}

/** One comment of a ticket; the first is what the ticket calls its description. */
export interface Comment {
  readonly id: number;
  readonly ticket_id: number;
  readonly author_id: number;
  readonly public: boolean;
  body: string;
  plain_body: string;
  html_body: string;
}

export interface Organization {
  readonly id: number;
  readonly name: string;
  readonly updated_at: string;
}

export interface ZendeskState {
  nextId: number;
  /** Softly deleted ones are here with `active: false`. */
  readonly users: Map<number, User>;
  readonly tickets: Map<number, Ticket>;
  readonly comments: Map<number, Comment>;
  readonly organizations: Map<number, Organization>;
  /** Users that were deleted for good: their number stays, empty. */
  readonly purged: Set<number>;
  /** Writes of a field that answer OK and change nothing, so many. */
  deaf: number;
}

export const emptyState = (): ZendeskState => ({
  nextId: 1_000,
  users: new Map(),
  tickets: new Map(),
  comments: new Map(),
  organizations: new Map(),
  purged: new Set(),
  deaf: 0,
});

const stampOf = (clock: TwinClock): string => clock.stamp().replace(/\.\d+Z$/, 'Z');

export function addOrganization(state: ZendeskState, clock: TwinClock, name: string): number {
  const id = state.nextId;
  state.nextId += 1;
  state.organizations.set(id, { id, name, updated_at: stampOf(clock) });
  return id;
}

export function addUser(
  state: ZendeskState,
  clock: TwinClock,
  { name, email }: { readonly name: string; readonly email: string },
): User {
  const at = stampOf(clock);
  const user: User = {
    id: state.nextId,
    name,
    email,
    active: true,
    role: 'end-user',
    user_fields: {},
    created_at: at,
    updated_at: at,
  };
  state.nextId += 1;
  state.users.set(user.id, user);
  return user;
}

export function changeUser(clock: TwinClock, user: User, change: Partial<User>): void {
  Object.assign(user, change, { updated_at: stampOf(clock) });
}

export function addTicket(state: ZendeskState, clock: TwinClock, requesterId: number, description: string): Ticket {
  const at = stampOf(clock);
  const ticket: Ticket = {
    id: state.nextId,
    requester_id: requesterId,
    subject: 'Order',
    description,
    status: 'open',
    created_at: at,
    updated_at: at,
  };
  state.nextId += 1;
  state.tickets.set(ticket.id, ticket);
  addComment(state, ticket.id, requesterId, description);
  return ticket;
}

/** A comment, of the requester or of an agent, with its text as HTML too. */
export function addComment(state: ZendeskState, ticketId: number, authorId: number, body: string): Comment {
  const texts = { body, plain_body: body, html_body: `<div class="zd-comment" dir="auto">${body}</div>` };
  const comment: Comment = { id: state.nextId, ticket_id: ticketId, author_id: authorId, public: true, ...texts };
  state.nextId += 1;
  state.comments.set(comment.id, comment);
  return comment;
}

/** A ticket that is deleted for good takes its comments along. */
export function purgeTicket(state: ZendeskState, id: number): void {
  state.tickets.delete(id);
  for (const comment of state.comments.values()) if (comment.ticket_id === id) state.comments.delete(comment.id);
}

/** Agents merge a user into another: tickets and addresses go to the one that stays, the other is deleted. */
export function mergeUsers(state: ZendeskState, clock: TwinClock, winner: User, loser: User): void {
  for (const ticket of state.tickets.values())
    if (ticket.requester_id === loser.id) Object.assign(ticket, { requester_id: winner.id, updated_at: stampOf(clock) });
  changeUser(clock, winner, {});
  changeUser(clock, loser, { active: false });
}
