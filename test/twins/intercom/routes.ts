import type { TwinAnswer } from '../kit/twin.ts';
import type { TwinClock } from '../kit/twin-clock.ts';
import type { Handler, VendorRequest } from '../kit/twin-http.ts';
import { changeContact, type IntercomState } from './store.ts';

export interface IntercomContext {
  readonly state: IntercomState;
  readonly clock: TwinClock;
  note(verb: string, subject: string): void;
}

interface Search {
  readonly query: { readonly field: string; readonly operator: string; readonly value: unknown };
  readonly pagination?: { readonly per_page?: number; readonly starting_after?: string };
}

const notFound: TwinAnswer = {
  status: 404,
  body: { type: 'error.list', errors: [{ code: 'not_found', message: 'User Not Found' }] },
};

/** One page behind an id, in the order of the ids. */
function paged<Item extends { readonly id: string }>(
  key: string,
  items: readonly Item[],
  { size, after }: { readonly size: number; readonly after: string | null },
): TwinAnswer {
  const rest = [...items].sort((one, other) => (one.id < other.id ? -1 : 1)).filter(({ id }) => after === null || id > after);
  const page = rest.slice(0, size);
  const last = page.at(-1);
  const next = rest.length > size && last !== undefined ? { next: { per_page: size, starting_after: last.id } } : {};
  return { status: 200, body: { type: 'list', [key]: page, total_count: items.length, pages: { type: 'pages', ...next } } };
}

const pageOf = ({ pagination }: Search) => ({
  size: pagination?.per_page ?? 50,
  after: pagination?.starting_after ?? null,
});

function meets(contact: object, { field, operator, value }: Search['query']): boolean {
  const has = (contact as Readonly<Record<string, unknown>>)[field]; // by a name that was sent
  if (operator === '>') return Number(has) > Number(value);
  return typeof has === 'string' && has.toLowerCase() === String(value).toLowerCase();
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
      note('delete', `contacts/${id}`);
      return { status: 200, body: { id, type: 'contact', deleted: true } };
    },
    'POST /conversations/search': ({ body }) => {
      const search = body as unknown as Search; // described so
      const { field, value } = search.query;
      const found = [...state.conversations.values()].filter((one) =>
        field === 'contact_ids' ? one.contactId === String(value) : meets(one, search.query),
      );
      return paged('conversations', found, pageOf(search));
    },
    'GET /conversations/{id}': ({ params }) => {
      const conversation = state.conversations.get(params['id'] ?? '');
      return conversation === undefined ? notFound : { status: 200, body: conversation };
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
    'DELETE /conversations/{id}': ({ params }) => {
      const id = params['id'] ?? '';
      if (!state.conversations.delete(id)) return notFound;
      note('delete', `conversations/${id}`);
      return { status: 200, body: { id, object: 'conversation', deleted: true } };
    },
  };
}
