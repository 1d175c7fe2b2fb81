import type { TwinAnswer } from '../kit/twin.ts';
import type { TwinClock } from '../kit/twin-clock.ts';
import type { Handler, VendorRequest } from '../kit/twin-http.ts';
import { preferenceRoutes } from './preferences.ts';
import { changeObject, type CrmObject, type HubspotState, type ObjectType, removeObject } from './store.ts';

export interface HubspotContext {
  readonly state: HubspotState;
  readonly clock: TwinClock;
  note(verb: string, subject: string): void;
  readonly emit: (subscriptionType: string, objectId: string, more: Readonly<Record<string, unknown>>) => void;
}

interface Filter {
  readonly propertyName: string;
  readonly operator: string;
  readonly value: string;
}

const notFound: TwinAnswer = {
  status: 404,
  body: { status: 'error', category: 'OBJECT_NOT_FOUND', message: 'resource not found' },
};
const searchable = 10_000;

const isType = (text: string, state: HubspotState): text is ObjectType => Object.hasOwn(state.objects, text);

const asList = (objects: ReadonlyMap<string, CrmObject>): CrmObject[] =>
  [...objects.values()].sort((one, other) => Number(one.id) - Number(other.id));

/** A time as HubSpot's search takes it: milliseconds or ISO. */
const timeOf = (text: string): number => (/^\d+$/.test(text) ? Number(text) : Date.parse(text));

const holds = (one: CrmObject, { propertyName, operator, value }: Filter): boolean => {
  const has = one.properties[propertyName] ?? '';
  if (operator === 'GTE') return timeOf(has) >= timeOf(value);
  return operator === 'EQ' && has.toLowerCase() === value.toLowerCase();
};

/** Routes of the CRM objects, their associations, privacy deletion and e-mail preferences. */
export function hubspotRoutes({ state, clock, note, emit }: HubspotContext): Readonly<Record<string, Handler>> {
  const shown = (type: ObjectType, one: CrmObject, query: URLSearchParams): unknown => {
    const wanted = (query.get('associations') ?? '').split(',').filter((name) => name !== '');
    const associations = Object.fromEntries(
      wanted.flatMap((name) => {
        const ids = state.links.get(`${type}/${one.id}/${name}`) ?? [];
        return ids.length === 0 ? [] : [[name, { results: ids.map((id) => ({ id, type: `${type}_to_${name}` })) }]];
      }),
    );
    const { id, properties, createdAt, updatedAt, archived } = one;
    return {
      id,
      properties,
      createdAt,
      updatedAt,
      archived,
      ...(Object.keys(associations).length === 0 ? {} : { associations }),
    };
  };
  const find = (type: string, id: string, query: URLSearchParams): CrmObject | undefined => {
    if (!isType(type, state)) return undefined;
    const wantsArchived = query.get('archived') === 'true';
    const key = query.get('idProperty');
    const one =
      key === null ? state.objects[type].get(id) : asList(state.objects[type]).find((each) => each.properties[key] === id);
    return one?.archived === wantsArchived ? one : undefined;
  };
  const list: Handler = ({ params, query }) => {
    const type = params['type'] ?? '';
    if (!isType(type, state)) return notFound;
    const wantsArchived = query.get('archived') === 'true';
    const after = Number(query.get('after') ?? 0);
    const limit = Number(query.get('limit') ?? 10);
    const rest = asList(state.objects[type]).filter((one) => one.archived === wantsArchived && Number(one.id) >= after);
    const page = rest.slice(0, limit);
    const next = rest[limit];
    return {
      status: 200,
      body: {
        results: page.map((one) => shown(type, one, query)),
        ...(next === undefined ? {} : { paging: { next: { after: next.id } } }),
      },
    };
  };
  const search: Handler = ({ params, body }) => {
    const type = params['type'] ?? '';
    if (!isType(type, state)) return notFound;
    const {
      filterGroups,
      sorts = [],
      limit = 10,
      after = '0',
    } = body as {
      readonly filterGroups: readonly { readonly filters: readonly Filter[] }[];
      readonly sorts?: readonly { readonly propertyName: string }[];
      readonly limit?: number;
      readonly after?: string;
    };
    const from = Number(after);
    if (from + limit > searchable)
      return { status: 400, body: { status: 'error', category: 'VALIDATION_ERROR', message: 'paging too deep' } };
    const [sort] = sorts;
    const found = asList(state.objects[type])
      .filter((one) => !one.archived && filterGroups.some(({ filters }) => filters.every((filter) => holds(one, filter))))
      .sort((one, other) =>
        sort === undefined
          ? 0
          : timeOf(one.properties[sort.propertyName] ?? '') - timeOf(other.properties[sort.propertyName] ?? ''),
      );
    const more = from + limit < found.length ? { paging: { next: { after: String(from + limit) } } } : {};
    return {
      status: 200,
      body: {
        total: found.length,
        results: found.slice(from, from + limit).map((one) => shown(type, one, new URLSearchParams())),
        ...more,
      },
    };
  };
  const get: Handler = ({ params, query }) => {
    const one = find(params['type'] ?? '', params['id'] ?? '', query);
    return one === undefined ? notFound : { status: 200, body: shown(params['type'] as ObjectType, one, query) }; // found by it
  };
  const patch: Handler = ({ params, query, body }) => {
    const one = find(params['type'] ?? '', params['id'] ?? '', query);
    if (one === undefined) return notFound;
    changeObject(params['type'] as ObjectType, one, body['properties'] as Record<string, string>, clock.stamp()); // described so
    note('patch', `${params['type']}/${one.id}`);
    return { status: 200, body: shown(params['type'] as ObjectType, one, query) };
  };
  const archive: Handler = ({ params, query }) => {
    const one = find(params['type'] ?? '', params['id'] ?? '', query);
    if (one !== undefined) {
      one.archived = true;
      note('archive', `${params['type']}/${one.id}`);
      if (params['type'] === 'contacts') emit('contact.deletion', one.id, {});
    }
    return { status: 204 };
  };
  const privacyDelete: Handler = ({ body }: VendorRequest) => {
    const id = String(body['objectId']);
    const byEmail = body['idProperty'] === 'email';
    const one = asList(state.objects.contacts).find((each) => (byEmail ? each.properties['email'] === id : each.id === id));
    if (one === undefined && !byEmail) return notFound;
    const email = one?.properties['email'] ?? (byEmail ? id : undefined);
    if (email !== undefined && email !== null) state.blocklist.add(email.toLowerCase());
    note(one === undefined ? 'blocklist' : 'gdpr-delete', one === undefined ? 'an address' : `contacts/${one.id}`);
    if (one !== undefined) {
      removeObject(state, 'contacts', one.id);
      emit('contact.privacyDeletion', one.id, {});
    }
    return { status: 204 };
  };
  const readMany: Handler = ({ params, body }) => {
    const inputs = body['inputs'] as readonly { readonly id: string }[]; // HubSpot's shape
    if (inputs.length > 100) return { status: 400, body: { status: 'error', category: 'VALIDATION_ERROR', message: 'too many' } };
    const found = inputs.flatMap(({ id }) => find(params['type'] ?? '', id, new URLSearchParams()) ?? []);
    return {
      status: 200,
      body: { status: 'COMPLETE', results: found.map((one) => shown(params['type'] as ObjectType, one, new URLSearchParams())) }, // found by it
    };
  };
  return {
    'POST /crm/v3/objects/contacts/gdpr-delete': privacyDelete,
    'POST /crm/v3/objects/{type}/batch/read': readMany,
    'POST /crm/v3/objects/{type}/search': search,
    'GET /crm/v3/objects/{type}': list,
    'GET /crm/v3/objects/{type}/{id}': get,
    'PATCH /crm/v3/objects/{type}/{id}': patch,
    'DELETE /crm/v3/objects/{type}/{id}': archive,
    'GET /crm/v4/objects/{from}/{id}/associations/{to}': ({ params }) => ({
      status: 200,
      body: {
        results: (state.links.get(`${params['from']}/${params['id']}/${params['to']}`) ?? []).map((id) => ({
          toObjectId: Number(id),
          associationTypes: [],
        })),
      },
    }),
    ...preferenceRoutes({ state, clock, note, emit }),
    'GET /crm/v3/properties/{objectType}': () => ({
      status: 200,
      body: { results: ['lastname', 'email', 'firstname'].map((name) => ({ name, label: name, type: 'string' })) },
    }),
  };
}
