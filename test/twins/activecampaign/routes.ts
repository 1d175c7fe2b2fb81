import type { TwinAnswer } from '../kit/twin.ts';
import type { TwinClock } from '../kit/twin-clock.ts';
import type { Handler, VendorRequest } from '../kit/twin-http.ts';
import { type ActiveCampaignState, changeContact, lists, removeContact, setMembership, statusOf } from './store.ts';

export interface ActiveCampaignContext {
  readonly state: ActiveCampaignState;
  readonly clock: TwinClock;
  note(verb: string, subject: string): void;
}

const notFound: TwinAnswer = { status: 404, body: { message: 'No Result found for Subscriber with id' } };

/** A page by offset, at most 100 a page. */
function page(key: string, items: readonly unknown[], { query }: VendorRequest): TwinAnswer {
  const from = Number(query.get('offset') ?? 0);
  const size = Math.min(Number(query.get('limit') ?? 20), 100);
  return { status: 200, body: { [key]: items.slice(from, from + size), meta: { total: String(items.length) } } };
}

const one = (key: string, found: object | undefined): TwinAnswer =>
  found === undefined ? notFound : { status: 200, body: { [key]: found } };

function listContacts({ state }: ActiveCampaignContext, request: VendorRequest): TwinAnswer {
  const { query } = request;
  const after = Number(query.get('id_greater') ?? 0);
  const since = query.get('filters[updated_after]');
  const email = query.get('email')?.toLowerCase();
  const list = query.get('listid');
  const status = query.get('status');
  const found = [...state.contacts.values()].filter(
    (contact) =>
      Number(contact.id) > after &&
      (since === null || Date.parse(contact.udate) > Date.parse(since)) &&
      (email === undefined || (typeof contact.email === 'string' && contact.email.toLowerCase() === email)) &&
      (list === null || statusOf(state, contact.id, list) === (status ?? '1')),
  );
  return page('contacts', found, request);
}

/** Answers 200 whatever it does: subscribing somebody who unsubscribed needs `sourceid` 4. */
function postMembership({ state, clock, note }: ActiveCampaignContext, { body }: VendorRequest): TwinAnswer {
  const { list, contact, status, sourceid } = body['contactList'] as Readonly<Record<string, unknown>>; // described so
  const id = String(contact);
  const found = state.contacts.get(id);
  if (found === undefined) return notFound;
  const again = String(status) === '1' && statusOf(state, id, String(list)) === '2' && sourceid !== 4;
  if (state.deaf > 0) state.deaf -= 1;
  else if (!again) {
    setMembership(state, id, String(list), String(status) === '2' ? '2' : '1');
    changeContact(clock, found, {});
  }
  note('membership', `contacts/${id}`);
  return { status: 200, body: { contactList: { contact: id, list: String(list), status: String(status) } } };
}

const shopMissing: TwinAnswer = { status: 404, body: { message: 'No Result found' } };

/** Routes of the connected shop: customers know no contact, only their address; a customer's orders stay when it goes. */
function shopRoutes({ state, note }: ActiveCampaignContext): Readonly<Record<string, Handler>> {
  const of = (rows: Map<string, Record<string, unknown>>, many: string, single: string): Readonly<Record<string, Handler>> => ({
    [`GET /${many}`]: (request) => {
      const wanted = [...request.query].filter(([key]) => key.startsWith('filters['));
      const found = [...rows.values()].filter((row) =>
        wanted.every(([key, value]) => String(row[key.slice('filters['.length, -1)]).toLowerCase() === value.toLowerCase()),
      );
      return page(many, found, request);
    },
    [`GET /${many}/{id}`]: ({ params }) => {
      const found = rows.get(params['id'] ?? '');
      return found === undefined ? shopMissing : one(single, found);
    },
    [`DELETE /${many}/{id}`]: ({ params }) => {
      if (!rows.delete(params['id'] ?? '')) return shopMissing;
      note('delete', `${many}/${params['id']}`);
      return { status: 200, body: {} };
    },
  });
  return { ...of(state.customers, 'ecomCustomers', 'ecomCustomer'), ...of(state.orders, 'ecomOrders', 'ecomOrder') };
}

/** Routes of contacts, their lists and notes, accounts and deals. */
export function activeCampaignRoutes(context: ActiveCampaignContext): Readonly<Record<string, Handler>> {
  const { state, note } = context;
  return {
    ...shopRoutes(context),
    'GET /users/me': () => ({ status: 200, body: { user: { id: '1', username: 'twin' } } }),
    'GET /lists': (request) =>
      page(
        'lists',
        lists.map((id) => ({ id, name: `List ${id}` })),
        request,
      ),
    'GET /fields': (request) => page('fields', [{ id: '1', title: 'City', type: 'text', perstag: 'CITY' }], request),
    'GET /contacts': (request) => listContacts(context, request),
    'GET /contacts/{id}': ({ params }) => {
      const contact = state.contacts.get(params['id'] ?? '');
      return contact === undefined ? notFound : { status: 200, body: { contact } };
    },
    'GET /contacts/{id}/contactLists': ({ params }) =>
      state.contacts.has(params['id'] ?? '')
        ? { status: 200, body: { contactLists: state.memberships.filter(({ contact }) => contact === params['id']) } }
        : notFound,
    'GET /contacts/{id}/notes': ({ params }) => ({
      status: 200, // also of a contact that is gone
      body: { notes: [...state.notes.values()].filter(({ relid }) => relid === params['id']) },
    }),
    'POST /contactLists': (request) => postMembership(context, request),
    'DELETE /contacts/{id}': ({ params }) => {
      const id = params['id'] ?? '';
      if (!removeContact(state, id)) return notFound;
      note('delete', `contacts/${id}`);
      return { status: 200, body: {} };
    },
    'DELETE /notes/{id}': ({ params }) => {
      const id = params['id'] ?? '';
      if (!state.notes.delete(id)) return notFound;
      note('delete', `notes/${id}`);
      return { status: 200, body: {} };
    },
    'GET /notes': (request) => page('notes', [...state.notes.values()], request),
    'GET /notes/{id}': ({ params }) => one('note', state.notes.get(params['id'] ?? '')),
    'PUT /notes/{id}': ({ params, body }) => {
      const found = state.notes.get(params['id'] ?? '');
      if (found === undefined) return notFound;
      Object.assign(found, body['note']);
      note('update', `notes/${found.id}`);
      return one('note', found);
    },
    'GET /accounts/{id}': ({ params }) => one('account', state.accounts.get(params['id'] ?? '')),
    'GET /deals/{id}': ({ params }) => one('deal', state.deals.get(params['id'] ?? '')),
    'PUT /deals/{id}': ({ params, body }) => {
      const found = state.deals.get(params['id'] ?? '');
      if (found === undefined) return notFound;
      Object.assign(found, body['deal']);
      note('update', `deals/${params['id']}`);
      return one('deal', found);
    },
    'GET /accounts': (request) => page('accounts', [...state.accounts.values()], request),
    'GET /deals': (request) => page('deals', [...state.deals.values()], request),
  };
}
