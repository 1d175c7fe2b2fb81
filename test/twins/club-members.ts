import { readFileSync } from 'node:fs';
import { twinClock } from './kit/twin-clock.ts';
import { startVendorTwin, type VendorTwin } from './kit/vendor-twin.ts';

export interface ClubMembersPerson {
  readonly id: string;
  firstName: string;
  lastName: string;
  email: string;
  mailing: string | null;
  updatedAt: string;
  [field: string]: unknown;
}

interface ClubMembersState {
  nextId: number;
  readonly people: Map<string, ClubMembersPerson>;
  readonly deleted: Set<string>;
}

export interface ClubMembersTwin extends VendorTwin<ClubMembersState> {
  readonly token: string;
}

const notFound = { status: 404, body: { error: 'not found' } };
const spec = readFileSync(new URL('./club-members/spec.json', import.meta.url), 'utf8');

/** A stand-in of Club Members: make it behave as the vendor does, traps included. */
export async function startClubMembersTwin(): Promise<ClubMembersTwin> {
  const token = 'twin-token';
  const clock = twinClock();
  const twin = await startVendorTwin<ClubMembersState>({
    spec,
    state: { nextId: 1, people: new Map(), deleted: new Set() },
    clock,
    refuse: ({ headers }) => (headers['authorization'] === `Bearer ${token}` ? undefined : { status: 401, body: {} }),
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
