import type { TwinAnswer } from '../kit/twin.ts';
import type { Handler, VendorRequest } from '../kit/twin-http.ts';
import type { ChildKind, Customer, PapercupsState } from './store.ts';

export interface PapercupsContext {
  readonly state: PapercupsState;
  note(verb: string, subject: string): void;
}

const notFound: TwinAnswer = { status: 404, body: { error: { status: 404, message: 'Not found' } } };

const paged = (items: readonly unknown[], { query }: VendorRequest): TwinAnswer => {
  const size = Number(query.get('page_size') ?? 50);
  const from = (Number(query.get('page') ?? 1) - 1) * size;
  return { status: 200, body: { data: items.slice(from, from + size), total: items.length } };
};

const addressOf = ({ email }: Customer): string => (typeof email === 'string' ? email.toLowerCase() : '');

/** Newest seen first. */
function customers({ state }: PapercupsContext, request: VendorRequest): TwinAnswer {
  const [email, id] = [request.query.get('email')?.toLowerCase(), request.query.get('customer_id')];
  const found = [...state.customers.values()]
    .filter((customer) => (email === undefined || addressOf(customer) === email) && (id === null || customer.id === id))
    .sort((one, other) => Date.parse(other.last_seen_at) - Date.parse(one.last_seen_at) || (one.id < other.id ? -1 : 1));
  return paged(found, request);
}

function childRoutes({ state, note }: PapercupsContext, kind: ChildKind): Readonly<Record<string, Handler>> {
  const children = state.children[kind];
  return {
    [`GET /api/v1/${kind}`]: (request) => {
      const customer = request.query.get('customer_id');
      return paged(
        [...children.values()].filter((child) => customer === null || child.customer_id === customer),
        request,
      );
    },
    [`GET /api/v1/${kind}/{id}`]: ({ params }) => {
      const child = children.get(params['id'] ?? '');
      return child === undefined ? notFound : { status: 200, body: { data: child } };
    },
    [`PUT /api/v1/${kind}/{id}`]: ({ params, body }) => {
      const child = children.get(params['id'] ?? '');
      if (child === undefined) return notFound;
      Object.assign(child, body[kind.slice(0, -1)]);
      note('update', `${kind}/${child.id}`);
      return { status: 200, body: { data: child } };
    },
    [`DELETE /api/v1/${kind}/{id}`]: ({ params }) => {
      const id = params['id'] ?? '';
      if (!children.delete(id)) return notFound;
      note('delete', `${kind}/${id}`);
      return { status: 204 };
    },
  };
}

/** Routes of customers and what hangs on them; conversations go with their customer, messages and notes do not. */
export function papercupsRoutes(context: PapercupsContext): Readonly<Record<string, Handler>> {
  const { state, note } = context;
  return {
    'GET /api/v1/me': () => ({ status: 200, body: { data: { id: 1, email: 'agent@twin.example' } } }),
    'GET /api/v1/companies': (request) => paged([...state.companies.values()], request),
    'GET /api/v1/companies/{id}': ({ params }) => {
      const company = state.companies.get(params['id'] ?? '');
      return company === undefined ? notFound : { status: 200, body: { data: company } };
    },
    'GET /api/v1/customers': (request) => customers(context, request),
    'GET /api/v1/customers/{id}': ({ params }) => {
      const customer = state.customers.get(params['id'] ?? '');
      return customer === undefined ? notFound : { status: 200, body: { data: customer } };
    },
    'DELETE /api/v1/customers/{id}': ({ params }) => {
      const id = params['id'] ?? '';
      if (!state.customers.delete(id)) return notFound;
      for (const [key, child] of state.children.conversations)
        if (child.customer_id === id) state.children.conversations.delete(key);
      note('delete', `customers/${id}`);
      return { status: 204 };
    },
    ...childRoutes(context, 'messages'),
    ...childRoutes(context, 'notes'),
    ...childRoutes(context, 'conversations'),
  };
}
