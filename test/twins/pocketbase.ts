import { readFileSync } from 'node:fs';
import type { TwinAnswer } from './kit/twin.ts';
import type { Handler, VendorRequest } from './kit/twin-http.ts';
import { type TwinClock, twinClock } from './kit/twin-clock.ts';
import { startVendorTwin, type VendorTwin } from './kit/vendor-twin.ts';

export interface BaseRecord extends Record<string, unknown> {
  readonly id: string;
  readonly created: string;
  updated: string;
}

interface PocketBaseState {
  nextId: number;
  tokens: number;
  token: string;
  readonly records: Map<string, BaseRecord>;
  /** A second collection, as it was sent. */
  readonly packages: unknown[];
  /** Writes that answer OK and change nothing, so many. */
  deaf: number;
}

export interface PocketBaseTwin extends VendorTwin<PocketBaseState> {
  readonly user: string;
  readonly password: string;
  readonly collection: string;
  add(fields: Readonly<Record<string, unknown>>): string;
  change(id: string, fields: Readonly<Record<string, unknown>>): void;
}

const failure = (status: number, message: string): TwinAnswer => ({ status, body: { data: {}, message, status } });
const missing = failure(404, "The requested resource wasn't found.");

/** A space in place of the T. */
const stamp = (clock: TwinClock): string => clock.stamp().replace('T', ' ');

/** One comparison of a filter; conditions are joined by && alone. */
function holds(record: BaseRecord, condition: string): boolean {
  const [, field = '', sign = '', value = ''] = /^\s*([\w.@]+)\s*(!=|>=|>|=|~)\s*"(.*)"\s*$/.exec(condition) ?? [];
  if (field === '@request.auth.id') return true;
  const held = typeof record[field] === 'string' ? record[field] : '';
  if (sign === '~') return held.toLowerCase().includes(value.toLowerCase());
  return sign === '>' ? held > value : sign === '>=' ? held >= value : held === value;
}

function list(state: PocketBaseState, { query, headers }: VendorRequest): TwinAnswer {
  const filter = query.get('filter') ?? '';
  const isGuest = headers['authorization'] !== state.token;
  if (isGuest && filter.includes('@request.')) return failure(403, 'Only superusers can filter by @request.');
  const found = [...state.records.values()]
    .filter((record) => !isGuest && filter.split('&&').every((condition) => filter === '' || holds(record, condition)))
    .sort((one, other) => (one.id < other.id ? -1 : 1));
  const items = found.slice(0, Number(query.get('perPage') ?? 30));
  return { status: 200, body: { items, page: 1, perPage: items.length, totalItems: -1, totalPages: -1 } };
}

/**
 * A stand-in of one PocketBase 0.36 with one collection, with the traps of the real one: a token that ended is a guest's, who sees an empty
 * list and may not filter by who asks; a space in times; no trace of what was deleted.
 */
export async function startPocketBaseTwin(): Promise<PocketBaseTwin> {
  const account = { user: 'ficha@example.test', password: 'base-password', collection: 'clients' } as const;
  const clock = twinClock();
  const fields = ['id', 'email', 'name', 'notes', 'optout', 'created', 'updated'].map((name) => ({
    id: `f_${name}`,
    name,
    type: 'text',
  }));
  const twin = await startVendorTwin<PocketBaseState>({
    spec: readFileSync(new URL('./pocketbase/spec.json', import.meta.url), 'utf8'),
    state: { nextId: 1, tokens: 0, token: '', records: new Map(), packages: [], deaf: 0 },
    clock,
    refuse: () => undefined, // a guest is told by each call
    routes: ({ state, note }): Readonly<Record<string, Handler>> => {
      const signedIn =
        (handler: Handler): Handler =>
        (request) =>
          request.headers['authorization'] === state.token
            ? handler(request)
            : failure(403, 'Only superusers can perform this action.');
      return {
        'POST /api/collections/_superusers/auth-with-password': ({ body }) => {
          if (body['identity'] !== account.user || body['password'] !== account.password)
            return failure(400, 'Failed to authenticate.');
          state.tokens += 1;
          state.token = `token-${state.tokens}`;
          return { status: 200, body: { token: state.token, record: { id: 'super' } } };
        },
        'GET /api/collections/clients/records': (request) => list(state, request),
        'POST /api/collections/packages/records': signedIn(({ body }) => {
          state.packages.push(body);
          return { status: 200, body: { id: `p${state.packages.length}`, ...body } };
        }),
        'POST /api/collections/nowhere/records': signedIn(() => missing),
        'PATCH /api/collections/clients/records/{id}': signedIn(({ params, body }) => {
          const record = state.records.get(params['id'] ?? '');
          if (record === undefined) return missing;
          if (state.deaf > 0) state.deaf -= 1;
          else Object.assign(record, body, { updated: stamp(clock) });
          note('update', record.id);
          return { status: 200, body: record };
        }),
        'DELETE /api/collections/clients/records/{id}': signedIn(({ params }) => {
          const id = params['id'] ?? '';
          if (!state.records.delete(id)) return missing;
          note('delete', id);
          return { status: 204 };
        }),
        'GET /api/collections/clients': signedIn(() => ({ status: 200, body: { id: 'pbc_1', name: 'clients', fields } })),
        'GET /api/collections': signedIn(() => ({
          status: 200,
          body: { items: [{ id: 'pbc_1', name: 'clients', type: 'base' }] },
        })),
      };
    },
  });
  const { state } = twin;
  return {
    ...twin,
    ...account,
    add: (given) => {
      const id = `r${String(state.nextId * 7919).padStart(14, '0')}`; // fifteen characters
      state.nextId += 1;
      const at = stamp(clock);
      state.records.set(id, { id, collectionName: 'clients', optout: false, notes: '', ...given, created: at, updated: at });
      return id;
    },
    change: (id, given) => {
      const record = state.records.get(id);
      if (record === undefined) throw new Error('no such record');
      Object.assign(record, given, { updated: stamp(clock) });
    },
  };
}
