import type { TwinAnswer } from '../kit/twin.ts';
import type { TwinClock } from '../kit/twin-clock.ts';
import type { Handler, VendorRequest } from '../kit/twin-http.ts';
import { meets, notFound, paged, pageOf, type Search } from './search.ts';
import { changeContact, type IntercomState } from './store.ts';
import { talkRoutes } from './talks.ts';

export interface IntercomContext {
  readonly state: IntercomState;
  readonly clock: TwinClock;
  note(verb: string, subject: string): void;
}

function put({ state, clock, note }: IntercomContext, { params, body }: VendorRequest): TwinAnswer {
  const contact = state.contacts.get(params['id'] ?? '');
  if (contact === undefined) return notFound;
  if (state.deaf > 0) state.deaf -= 1;
  else if (typeof body['unsubscribed_from_emails'] === 'boolean') {
    changeContact(clock, contact, { unsubscribed_from_emails: body['unsubscribed_from_emails'] });
    note('update', `contacts/${contact.id}`);
  }
  return { status: 200, body: contact };
}

/** Routes of contacts, conversations and the workspace. */
export function intercomRoutes(context: IntercomContext): Readonly<Record<string, Handler>> {
  const { state, note } = context;
  return {
    'GET /me': () => ({ status: 200, body: { type: 'admin', id: '991', name: 'Twin' } }),
    'GET /data_attributes': () => ({
      status: 200,
      body: { type: 'list', data: ['plan', 'name'].map((name) => ({ name, label: name, data_type: 'string' })) },
    }),
    'POST /contacts/search': ({ body }) => {
      const search = body as unknown as Search; // described so
      return paged(
        'data',
        [...state.contacts.values()].filter((contact) => meets(contact, search.query)),
        pageOf(search),
      );
    },
    'GET /contacts/{id}': ({ params }) => {
      const contact = state.contacts.get(params['id'] ?? '');
      return contact === undefined ? notFound : { status: 200, body: contact };
    },
    'PUT /contacts/{id}': (request) => put(context, request),
    'DELETE /contacts/{id}': ({ params }) => {
      const id = params['id'] ?? '';
      if (!state.contacts.delete(id)) return notFound;
      state.notes.delete(id);
      note('delete', `contacts/${id}`);
      return { status: 200, body: { id, type: 'contact', deleted: true } };
    },
    'GET /companies/scroll': ({ query }) => ({
      status: 200,
      body: {
        type: 'list',
        data: query.get('scroll_param') === null ? [...state.companies.values()] : [],
        scroll_param: 'scroll-1',
      },
    }),
    'GET /companies/{id}': ({ params }) => {
      const company = state.companies.get(params['id'] ?? '');
      return company === undefined ? notFound : { status: 200, body: company };
    },
    'GET /contacts/{id}/notes': ({ params }) => {
      const notes = state.notes.get(params['id'] ?? '') ?? [];
      return state.contacts.has(params['id'] ?? '') ? { status: 200, body: { type: 'list', data: notes, pages: {} } } : notFound;
    },
    'GET /contacts/{id}/subscriptions': ({ params }) =>
      state.contacts.has(params['id'] ?? '') ? { status: 200, body: { type: 'list', data: [] } } : notFound,
    ...talkRoutes(context),
  };
}
