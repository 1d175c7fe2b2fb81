import type { TwinClock } from '../kit/twin-clock.ts';

/** One customer of the chat. */
export interface Customer extends Record<string, unknown> {
  readonly id: string;
  name: string;
  email: string;
  last_seen_at: string;
  updated_at: string;
}

/** A message, note or conversation; it hangs on a customer. */
export interface Child extends Record<string, unknown> {
  readonly id: string;
  readonly customer_id: string;
  body: string;
}

export type ChildKind = 'messages' | 'notes' | 'conversations';

export interface PapercupsState {
  nextId: number;
  readonly companies: Map<string, { readonly id: string; readonly name: string; readonly updated_at: string }>;
  readonly customers: Map<string, Customer>;
  readonly children: Readonly<Record<ChildKind, Map<string, Child>>>;
}

export const emptyState = (): PapercupsState => ({
  nextId: 1,
  companies: new Map(),
  customers: new Map(),
  children: { messages: new Map(), notes: new Map(), conversations: new Map() },
});

const nextId = (state: PapercupsState): string => {
  const id = `00000000-0000-4000-8000-${String(state.nextId).padStart(12, '0')}`;
  state.nextId += 1;
  return id;
};

export function addCustomer(
  state: PapercupsState,
  clock: TwinClock,
  { name, email }: { readonly name: string; readonly email: string },
): Customer {
  const at = clock.stamp();
  const customer: Customer = {
    id: nextId(state),
    name,
    email,
    phone: null,
    metadata: {},
    created_at: at,
    last_seen_at: at,
    updated_at: at,
  };
  state.customers.set(customer.id, customer);
  return customer;
}

export function changeCustomer(clock: TwinClock, customer: Customer, change: Partial<Customer>): void {
  const at = clock.stamp();
  Object.assign(customer, change, { last_seen_at: at, updated_at: at });
}

export function addChild(state: PapercupsState, clock: TwinClock, kind: ChildKind, customerId: string, body: string): Child {
  const child: Child = { id: nextId(state), customer_id: customerId, body, created_at: clock.stamp() };
  state.children[kind].set(child.id, child);
  return child;
}

export function addCompany(state: PapercupsState, clock: TwinClock, name: string): string {
  const id = nextId(state);
  state.companies.set(id, { id, name, updated_at: clock.stamp() });
  return id;
}
