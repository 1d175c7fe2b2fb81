import { createHash } from 'node:crypto';
import type { TwinAnswer } from '../kit/twin.ts';
import type { TwinClock } from '../kit/twin-clock.ts';
import type { Handler, VendorRequest } from '../kit/twin-http.ts';
import { shopRoutes } from './shop.ts';
import { changeMember, type MailchimpState, type Member, type MemberStatus } from './store.ts';

export interface MailchimpContext {
  readonly state: MailchimpState;
  readonly clock: TwinClock;
  note(verb: string, subject: string): void;
  readonly audience: string;
  readonly store: string;
}

const problem = (status: number, title: string, detail: string): TwinAnswer => ({ status, body: { title, status, detail } });
const notFound = problem(404, 'Resource Not Found', 'The requested resource could not be found.');

/** A field that changed its type is no address: it has the hash of nothing. */
const addressOf = ({ email_address: email }: Member): string => (typeof email === 'string' ? email.toLowerCase() : '');
const hashOf = (member: Member): string => createHash('md5').update(addressOf(member)).digest('hex');

/** By hash of the address, address, or contact id, as the vendor allows. */
const find = ({ state }: MailchimpContext, key: string): Member | undefined =>
  [...state.members.values()].find(
    (member) => member.contact_id === key || addressOf(member) === key.toLowerCase() || hashOf(member) === key.toLowerCase(),
  );

const shown = (member: Member) => ({ id: hashOf(member), ...member });

function list({ state }: MailchimpContext, { query }: VendorRequest): TwinAnswer {
  const field = query.get('sort_field') === 'last_changed' ? 'last_changed' : 'timestamp_signup';
  const since = query.get('since_last_changed');
  const found = [...state.members.values()]
    .filter((member) => since === null || Date.parse(member.last_changed) >= Date.parse(since))
    .sort((one, other) => Date.parse(one[field]) - Date.parse(other[field]) || (one.contact_id < other.contact_id ? -1 : 1));
  const from = Number(query.get('offset') ?? 0);
  const count = Math.min(1_000, Number(query.get('count') ?? 10));
  return {
    status: 200,
    body: { members: found.slice(from, from + count).map(shown), list_id: 'twin', total_items: found.length },
  };
}

/** A status that only the person may change is refused. */
function patch(context: MailchimpContext, { params, body }: VendorRequest): TwinAnswer {
  const { state, clock, note } = context;
  const member = find(context, params['hash'] ?? '');
  if (member === undefined) return notFound;
  const status = body['status'] as MemberStatus | undefined; // checked against the vendor's description, or ours
  if (status === 'subscribed' && (member.status === 'cleaned' || state.unsubscribedThemselves.has(member.contact_id)))
    return problem(
      400,
      'Member In Compliance State',
      'is in a compliance state due to unsubscribe, bounce, or compliance review',
    );
  if (state.deaf > 0) state.deaf -= 1;
  else if (status !== undefined) {
    changeMember(clock, member, { status });
    note(status, `members/${member.contact_id}`);
  }
  return { status: 200, body: shown(member) };
}

/** Routes of one audience: members, their removal for good, and what the account offers. */
export function mailchimpRoutes(context: MailchimpContext): Readonly<Record<string, Handler>> {
  const { state, clock, note, audience, store } = context;
  const members = `/lists/${audience}/members`;
  return {
    'GET /ping': () => ({ status: 200, body: { health_status: "Everything's Chimpy!" } }),
    [`GET /lists/${audience}`]: () => ({ status: 200, body: { id: audience, name: 'Twin' } }),
    [`GET /lists/${audience}/merge-fields`]: () => ({
      status: 200,
      body: { merge_fields: ['LNAME', 'FNAME'].map((tag) => ({ tag, name: tag, type: 'text' })) },
    }),
    [`GET ${members}`]: (request) => list(context, request),
    [`GET ${members}/{hash}`]: ({ params }) => {
      const member = find(context, params['hash'] ?? '');
      return member === undefined ? notFound : { status: 200, body: shown(member) };
    },
    [`GET ${members}/{hash}/notes`]: ({ params }) =>
      find(context, params['hash'] ?? '') === undefined ? notFound : { status: 200, body: { notes: [], total_items: 0 } },
    [`GET ${members}/{hash}/activity-feed`]: ({ params }) =>
      find(context, params['hash'] ?? '') === undefined ? notFound : { status: 200, body: { activity: [], list_id: audience } },
    [`PATCH ${members}/{hash}`]: (request) => patch(context, request),
    [`DELETE ${members}/{hash}`]: ({ params }) => {
      const member = find(context, params['hash'] ?? '');
      if (member === undefined) return notFound;
      changeMember(clock, member, { status: 'archived' });
      note('archive', `members/${member.contact_id}`);
      return { status: 204 };
    },
    [`POST ${members}/{hash}/actions/delete-permanent`]: ({ params }) => {
      const member = find(context, params['hash'] ?? '');
      if (member === undefined) return notFound;
      state.members.delete(member.contact_id);
      state.forgotten.add(hashOf(member));
      note('delete-permanent', `members/${member.contact_id}`);
      return { status: 204 };
    },
    ...shopRoutes(context, store),
  };
}
