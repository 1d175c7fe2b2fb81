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
  return ticket;
}
