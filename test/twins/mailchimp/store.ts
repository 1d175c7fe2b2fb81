import type { TwinClock } from '../kit/twin-clock.ts';

export type MemberStatus = 'subscribed' | 'unsubscribed' | 'cleaned' | 'pending' | 'archived';

/** One member of the audience, as Mailchimp answers it. */
export interface Member extends Record<string, unknown> {
  readonly contact_id: string;
  email_address: string;
  status: MemberStatus;
  merge_fields: Record<string, unknown>;
  readonly timestamp_signup: string;
  last_changed: string;
}

/** A customer of the connected shop, and an order, as the shop sends them here. */
export interface Customer {
  readonly id: string;
  readonly email_address: string;
  readonly first_name: string;
  readonly last_name: string;
  readonly updated_at: string;
}

export interface Order {
  readonly id: string;
  readonly customer: { readonly id: string; readonly email_address: string };
  readonly shipping_address: { readonly name: string; readonly address1: string };
  readonly financial_status: string;
  readonly currency_code: string;
  readonly order_total: number;
  readonly processed_at_foreign: string;
}

export interface MailchimpState {
  nextId: number;
  readonly customers: Map<string, Customer>;
  readonly orders: Map<string, Order>;
  readonly members: Map<string, Member>;
  /** Addresses that were deleted for good: refused from then on. */
  readonly forgotten: Set<string>;
  /** Who unsubscribed by himself: the API may not subscribe him again. */
  readonly unsubscribedThemselves: Set<string>;
  /** Writes of a status that answer OK and change nothing, so many. */
  deaf: number;
}

export const emptyState = (): MailchimpState => ({
  nextId: 1,
  members: new Map(),
  customers: new Map(),
  orders: new Map(),
  forgotten: new Set(),
  unsubscribedThemselves: new Set(),
  deaf: 0,
});

/** Times as Mailchimp writes them: whole seconds with an offset. */
const stampOf = (clock: TwinClock): string => clock.stamp().replace(/\.\d+Z$/, '+00:00');

export function addMember(
  state: MailchimpState,
  clock: TwinClock,
  { email, ...fields }: { readonly email: string; readonly FNAME?: string; readonly LNAME?: string },
): Member {
  const contactId = state.nextId.toString(16).padStart(32, '0');
  state.nextId += 1;
  const at = stampOf(clock);
  const member: Member = {
    contact_id: contactId,
    email_address: email,
    status: 'subscribed',
    merge_fields: { ...fields },
    source: 'Embed Form',
    language: 'es',
    timestamp_signup: at,
    last_changed: at,
  };
  state.members.set(contactId, member);
  return member;
}

export function changeMember(clock: TwinClock, member: Member, change: Partial<Member>): void {
  Object.assign(member, change, { last_changed: stampOf(clock) });
}

/** The shop sends one of its customers, with an order. */
export function addOrder(
  state: MailchimpState,
  clock: TwinClock,
  {
    id,
    email,
    firstName,
    lastName,
  }: { readonly id: string; readonly email: string; readonly firstName: string; readonly lastName: string },
): Order {
  const at = stampOf(clock);
  const customer = { id, email_address: email, first_name: firstName, last_name: lastName, updated_at: at };
  state.customers.set(id, customer);
  const order: Order = {
    id: `order-${state.orders.size + 1}`,
    customer: { id, email_address: email },
    shipping_address: { name: `${firstName} ${lastName}`, address1: 'Calle Mayor 1' },
    financial_status: 'paid',
    currency_code: 'EUR',
    order_total: 49.9,
    processed_at_foreign: at,
  };
  state.orders.set(order.id, order);
  return order;
}
