import type { TwinAnswer } from '../kit/twin.ts';
import type { Handler, VendorRequest } from '../kit/twin-http.ts';
import type { MailchimpContext } from './routes.ts';

const notFound: TwinAnswer = { status: 404, body: { title: 'Resource Not Found', status: 404 } };

function page<Item>(key: string, items: readonly Item[], { query }: VendorRequest): TwinAnswer {
  const from = Number(query.get('offset') ?? 0);
  const count = Math.min(1_000, Number(query.get('count') ?? 10));
  return { status: 200, body: { [key]: items.slice(from, from + count), total_items: items.length } };
}

/** Routes of the connected shop: its customers and orders, each deleted by itself. */
export function shopRoutes({ state, note }: MailchimpContext, store: string): Readonly<Record<string, Handler>> {
  const path = `/ecommerce/stores/${store}`;
  return {
    'GET /ecommerce/stores': (request) => page('stores', [{ id: store, name: 'Twin shop' }], request),
    [`GET ${path}/customers`]: (request) => {
      const email = request.query.get('email_address')?.toLowerCase();
      const found = [...state.customers.values()].filter(
        (one) => email === undefined || one.email_address.toLowerCase() === email,
      );
      return page('customers', found, request);
    },
    [`GET ${path}/customers/{id}`]: ({ params }) => {
      const customer = state.customers.get(params['id'] ?? '');
      return customer === undefined ? notFound : { status: 200, body: customer };
    },
    [`DELETE ${path}/customers/{id}`]: ({ params }) => {
      if (!state.customers.delete(params['id'] ?? '')) return notFound;
      note('delete', `customers/${params['id']}`);
      return { status: 204 };
    },
    [`GET ${path}/orders`]: (request) => {
      const customer = request.query.get('customer_id');
      return page(
        'orders',
        [...state.orders.values()].filter((one) => customer === null || one.customer.id === customer),
        request,
      );
    },
    [`GET ${path}/orders/{id}`]: ({ params }) => {
      const order = state.orders.get(params['id'] ?? '');
      return order === undefined ? notFound : { status: 200, body: order };
    },
    [`DELETE ${path}/orders/{id}`]: ({ params }) => {
      if (!state.orders.delete(params['id'] ?? '')) return notFound;
      note('delete', `orders/${params['id']}`);
      return { status: 204 };
    },
  };
}
