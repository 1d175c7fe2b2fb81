import type { TwinAnswer } from '../kit/twin.ts';
import type { Handler, VendorRequest } from '../kit/twin-http.ts';
import type { BrevoContext } from './routes.ts';

const notFound: TwinAnswer = { status: 404, body: { code: 'document_not_found', message: 'not found' } };

/** A slice of a listing as its query says. */
function sliced<Item>(items: readonly Item[], { query }: VendorRequest): readonly Item[] {
  const limit = Number(query.get('limit') ?? 50);
  const page = query.get('page');
  const from = page === null ? Number(query.get('offset') ?? 0) : (Number(page) - 1) * limit;
  return items.slice(from, from + limit);
}

const one = <Item>(items: ReadonlyMap<string, Item>, { params }: VendorRequest): TwinAnswer => {
  const found = items.get(params['id'] ?? '');
  return found === undefined ? notFound : { status: 200, body: found };
};

function noteRoutes({ state, clock, note }: BrevoContext): Readonly<Record<string, Handler>> {
  return {
    'GET /crm/notes': (request) => {
      const contact = request.query.get('entity') === 'contacts' ? Number(request.query.get('entityIds')) : undefined;
      const found = [...state.notes.values()].filter(({ contactIds }) => contact === undefined || contactIds.includes(contact));
      return { status: 200, body: sliced(found, request) };
    },
    'GET /crm/notes/{id}': (request) => one(state.notes, request),
    'PATCH /crm/notes/{id}': ({ params, body }) => {
      const found = state.notes.get(params['id'] ?? '');
      if (found === undefined) return notFound;
      Object.assign(found, { text: String(body['text']), updatedAt: clock.stamp() });
      note('update', `notes/${found.id}`);
      return { status: 204 };
    },
    'DELETE /crm/notes/{id}': ({ params }) => {
      if (!state.notes.delete(params['id'] ?? '')) return notFound;
      note('delete', `notes/${params['id']}`);
      return { status: 204 };
    },
  };
}

/** Routes of the CRM and of the shop's orders, which no call deletes. */
export function crmRoutes(context: BrevoContext): Readonly<Record<string, Handler>> {
  const { state } = context;
  return {
    'GET /companies': (request) => ({ status: 200, body: { items: sliced([...state.companies.values()], request) } }),
    'GET /companies/{id}': (request) => one(state.companies, request),
    'GET /crm/deals': (request) => ({ status: 200, body: { items: sliced([...state.deals.values()], request) } }),
    'GET /crm/deals/{id}': (request) => one(state.deals, request),
    'GET /orders': (request) => {
      const since = request.query.get('modifiedSince');
      const found = [...state.orders.values()].filter(
        ({ updatedAt }) => since === null || Date.parse(updatedAt) >= Date.parse(since),
      );
      return { status: 200, body: { orders: sliced(found, request), count: found.length } };
    },
    ...noteRoutes(context),
  };
}
