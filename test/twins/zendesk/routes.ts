import type { TwinAnswer } from '../kit/twin.ts';
import type { TwinClock } from '../kit/twin-clock.ts';
import type { Handler, VendorRequest } from '../kit/twin-http.ts';
import { changeUser, type User, type ZendeskState } from './store.ts';
import { ticketRoutes } from './tickets.ts';

export interface ZendeskContext {
  readonly state: ZendeskState;
  readonly clock: TwinClock;
  note(verb: string, subject: string): void;
}

const notFound: TwinAnswer = { status: 404, body: { error: 'RecordNotFound', description: 'Not found' } };
const ok = (body: object): TwinAnswer => ({ status: 200, body });
const pageSize = 1_000;

/** The incremental export: everything since a time, in the order of its time, a page behind a cursor. */
function exported<Item extends { readonly id: number; readonly updated_at: string }>(
  key: string,
  items: Iterable<Item>,
  { query }: VendorRequest,
): TwinAnswer {
  const [at = '', id = '0'] = (query.get('cursor') ?? `${query.get('start_time') ?? '0'}|0`).split('|');
  const from = Number(at);
  const timeOf = (item: Item): number => Date.parse(item.updated_at) / 1_000;
  const rest = [...items]
    .filter((item) => timeOf(item) > from || (timeOf(item) === from && item.id > Number(id)))
    .sort((one, other) => timeOf(one) - timeOf(other) || one.id - other.id);
  const page = rest.slice(0, pageSize);
  const last = page.at(-1);
  const after = last === undefined ? null : `${timeOf(last)}|${last.id}`;
  return ok({ [key]: page, after_cursor: after, end_of_stream: rest.length <= pageSize, count: page.length });
}

function put({ state, clock, note }: ZendeskContext, { params, body }: VendorRequest): TwinAnswer {
  const user = state.users.get(Number(params['id']));
  if (user === undefined) return notFound;
  const fields = (body['user'] as { readonly user_fields?: Record<string, unknown> } | undefined)?.user_fields; // described so
  if (state.deaf > 0) state.deaf -= 1;
  else if (fields !== undefined) {
    changeUser(clock, user, { user_fields: { ...user.user_fields, ...fields } });
    note('update', `users/${user.id}`);
  }
  return ok({ user });
}

/** Deletes for good what was deleted softly before; a user with tickets is not. */
function purgeUser({ state, note }: ZendeskContext, { params }: VendorRequest): TwinAnswer {
  const user = state.users.get(Number(params['id']));
  if (user === undefined || user.active) return notFound;
  if ([...state.tickets.values()].some(({ requester_id: id }) => id === user.id))
    return { status: 422, body: { error: 'RecordInvalid', description: 'has tickets' } };
  state.users.delete(user.id);
  state.purged.add(user.id);
  note('purge', `users/${user.id}`);
  return ok({ deleted_user: { id: user.id, name: 'Permanently Deleted User', active: false } });
}

const addressOf = ({ email }: User): string => (typeof email === 'string' ? email.toLowerCase() : '');

function search({ state }: ZendeskContext, { query }: VendorRequest): TwinAnswer {
  const requester = Number(/requester:(\d+)/.exec(query.get('query') ?? '')?.[1]);
  const results = [...state.tickets.values()].filter(({ requester_id: id }) => id === requester);
  return ok({ results, count: results.length, next_page: null });
}

/** Routes of users, tickets, their deleted ones and the export. */
export function zendeskRoutes(context: ZendeskContext): Readonly<Record<string, Handler>> {
  const { state, clock, note } = context;
  const userOf = (request: VendorRequest): User | undefined => state.users.get(Number(request.params['id']));
  return {
    'GET /api/v2/users/me': () => ok({ user: { id: 1, name: 'Agent', role: 'admin' } }),
    'GET /api/v2/user_fields': () =>
      ok({ user_fields: ['plan', 'no_marketing'].map((key) => ({ key, title: key, type: 'checkbox' })) }),
    'GET /api/v2/incremental/users/cursor': (request) => exported('users', state.users.values(), request),
    'GET /api/v2/incremental/tickets/cursor': (request) => exported('tickets', state.tickets.values(), request),
    'GET /api/v2/incremental/organizations': ({ query }) => {
      const since = Number(query.get('start_time') ?? 0) * 1_000;
      const organizations = [...state.organizations.values()].filter(({ updated_at: at }) => Date.parse(at) >= since);
      return ok({ organizations, count: organizations.length, next_page: null, end_of_stream: true });
    },
    'GET /api/v2/organizations/{id}': ({ params }) => {
      const organization = state.organizations.get(Number(params['id']));
      return organization === undefined ? notFound : ok({ organization });
    },
    'GET /api/v2/search': (request) => search(context, request),
    'GET /api/v2/users/search': ({ query }) => {
      const email = (query.get('query') ?? '').replace(/^email:/, '').toLowerCase();
      const users = [...state.users.values()].filter((user) => user.active && addressOf(user) === email);
      return ok({ users, count: users.length, next_page: null });
    },
    'GET /api/v2/users/{id}': (request) => {
      const user = userOf(request);
      return user === undefined ? notFound : ok({ user });
    },
    'GET /api/v2/users/{id}/identities': (request) => {
      const user = userOf(request);
      const identities =
        user === undefined ? [] : [{ id: user.id, user_id: user.id, type: 'email', value: user.email, primary: true }];
      return user === undefined ? notFound : ok({ identities, count: identities.length, next_page: null });
    },
    'PUT /api/v2/users/{id}': (request) => put(context, request),
    'DELETE /api/v2/users/{id}': (request) => {
      const user = userOf(request);
      if (user === undefined || !user.active) return notFound;
      changeUser(clock, user, { active: false });
      note('delete', `users/${user.id}`);
      return ok({ user });
    },
    'GET /api/v2/deleted_users/{id}': (request) => {
      const user = userOf(request);
      return user === undefined || user.active ? notFound : ok({ deleted_user: user });
    },
    'DELETE /api/v2/deleted_users/{id}': (request) => purgeUser(context, request),
    ...ticketRoutes(context),
  };
}
