/** A small vendor: people by cursor, an updated-since filter, deletions listed, one mailing state. */
export const twinTemplate = (name: string, title: string, type: string): string => `import { readFileSync } from 'node:fs';
import { twinClock } from './kit/twin-clock.ts';
import { startVendorTwin, type VendorTwin } from './kit/vendor-twin.ts';

export interface ${type}Person {
  readonly id: string;
  firstName: string;
  lastName: string;
  email: string;
  mailing: string | null;
  updatedAt: string;
  [field: string]: unknown;
}

interface ${type}State {
  nextId: number;
  readonly people: Map<string, ${type}Person>;
  readonly deleted: Set<string>;
}

export interface ${type}Twin extends VendorTwin<${type}State> {
  readonly token: string;
}

const notFound = { status: 404, body: { error: 'not found' } };
const spec = readFileSync(new URL('./${name}/spec.json', import.meta.url), 'utf8');

/** A stand-in of ${title}: make it behave as the vendor does, traps included. */
export async function start${type}Twin(): Promise<${type}Twin> {
  const token = 'twin-token';
  const clock = twinClock();
  const twin = await startVendorTwin<${type}State>({
    spec,
    state: { nextId: 1, people: new Map(), deleted: new Set() },
    clock,
    refuse: ({ headers }) => (headers['authorization'] === \`Bearer \${token}\` ? undefined : { status: 401, body: {} }),
    routes: ({ state, note }) => ({
      'GET /people/deleted': () => ({ status: 200, body: { people: [...state.deleted].map((id) => ({ id })) } }),
      'GET /people': ({ query }) => {
        const limit = Number(query.get('limit') ?? 50);
        const after = Number(query.get('after') ?? 0);
        const since = query.get('since') ?? '';
        const email = query.get('email');
        const ids = query.get('ids');
        const rest = [...state.people.values()].filter(
          (one) =>
            Number(one.id) > after &&
            one.updatedAt >= since &&
            (email === null || one.email === email) &&
            (ids === null || one.id === ids),
        );
        const page = rest.slice(0, limit);
        return { status: 200, body: { people: page, ...(rest.length > limit ? { next: page.at(-1)?.id } : {}) } };
      },
      'GET /people/{id}': ({ params }) => {
        const one = state.people.get(params['id'] ?? '');
        return one === undefined ? notFound : { status: 200, body: one };
      },
      'PATCH /people/{id}': ({ params, body }) => {
        const one = state.people.get(params['id'] ?? '');
        if (one === undefined) return notFound;
        Object.assign(one, body, { updatedAt: clock.stamp() });
        note('patch', one.id);
        return { status: 200, body: one };
      },
      'DELETE /people/{id}': ({ params }) => {
        const id = params['id'] ?? '';
        if (!state.people.delete(id)) return notFound;
        state.deleted.add(id);
        note('delete', id);
        return { status: 204 };
      },
    }),
  });
  return { ...twin, token };
}
`;

/** How the vendor's own users act on the twin. */
export const stageTemplate = (
  name: string,
  type: string,
): string => `import { describeConnector } from '../../test/acceptance/describe-connector.ts';
import { start${type}Twin } from '../../test/twins/${name}.ts';

describeConnector('${name}', async () => {
  const twin = await start${type}Twin();
  const { state, clock } = twin;
  const change = (id: string, fields: Readonly<Record<string, unknown>>): void => {
    const one = state.people.get(id);
    if (one !== undefined) Object.assign(one, fields, { updatedAt: clock.stamp() });
  };
  return {
    twin,
    config: { url: twin.url },
    secrets: { token: twin.token },
    stream: 'person',
    pageSize: 50,
    addPerson: ({ givenName, familyName, email }) => {
      const id = String(state.nextId);
      state.nextId += 1;
      state.people.set(id, { id, firstName: givenName, lastName: familyName, email, mailing: null, updatedAt: clock.stamp() });
      return id;
    },
    changePerson: (id, { givenName }) => change(id, { firstName: givenName }),
    removePerson: (id) => {
      state.people.delete(id);
      state.deleted.add(id);
    },
    holds: (id) => state.people.has(id),
    addField: (id) => change(id, { brandNew: 'new-field-of-the-vendor' }),
    retypeField: (id) => change(id, { email: { address: 'canary' } }),
    isOptedOut: (id) => state.people.get(id)?.mailing === 'no',
    optOut: (id) => change(id, { mailing: 'no' }),
    tooMany: { withHeader: { status: 429, headers: { 'retry-after': '1' } } },
  };
});
`;
