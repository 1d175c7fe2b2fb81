import type { TwinAnswer } from '../kit/twin.ts';
import type { TwinClock } from '../kit/twin-clock.ts';
import type { Handler, VendorRequest } from '../kit/twin-http.ts';
import { attachedRoutes, paged } from './attached.ts';
import { mailboxRoutes } from './mailbox.ts';
import {
  changePerson,
  type Item,
  itemOf,
  type MarketingStatus,
  type OtherKind,
  type Person,
  type PipedriveRow,
  type PipedriveState,
  removePerson,
} from './store.ts';

export interface PipedriveContext {
  readonly state: PipedriveState;
  readonly clock: TwinClock;
  note(verb: string, subject: string): void;
}

const notFound: TwinAnswer = { status: 404, body: { success: false, error: 'Person not found', error_info: '', data: null } };
const answered = (data: unknown, more: object = {}): TwinAnswer => ({ status: 200, body: { success: true, data, ...more } });

function list(
  rows: ReadonlyMap<number, Person | PipedriveRow>,
  { query }: VendorRequest,
  shown: (row: Person | PipedriveRow) => object = (row) => row,
): TwinAnswer {
  const since = query.get('updated_since');
  const ids = query.get('ids')?.split(',').map(Number);
  const after = Number(query.get('cursor') ?? 0);
  const limit = Number(query.get('limit') ?? 100);
  const rest = [...rows.values()]
    .filter(({ id }) => id > after && (ids === undefined || ids.includes(id)))
    .filter(({ update_time: at }) => since === null || Date.parse(at) >= Date.parse(since))
    .sort((one, other) => one.id - other.id);
  const page = rest.slice(0, limit);
  const next = rest.length > limit ? String(page.at(-1)?.id) : null;
  return answered(page.map(shown), { additional_data: { next_cursor: next } });
}

const emailsOf = ({ emails }: Person): string[] => (Array.isArray(emails) ? emails.map(({ value }) => value.toLowerCase()) : []);

function search({ state }: PipedriveContext, { query }: VendorRequest): TwinAnswer {
  const term = (query.get('term') ?? '').toLowerCase();
  const found = [...state.persons.values()].filter((person) => emailsOf(person).includes(term));
  const items = found.map((person) => ({
    result_score: 1,
    item: { id: person.id, type: 'person', name: person.name, emails: emailsOf(person), primary_email: emailsOf(person)[0] },
  }));
  return answered({ items }, { additional_data: { next_cursor: null } });
}

/** A status may be changed once; a change that is forbidden is left undone, and answered OK. */
function setStatus(state: PipedriveState, person: Person, status: unknown): Partial<Person> {
  if (status === undefined) return {};
  if (state.deaf > 0) {
    state.deaf -= 1;
    return {};
  }
  if (state.settled.has(person.id)) return {};
  state.settled.add(person.id);
  return { marketing_status: status as MarketingStatus }; // checked against the vendor's description
}

function patch({ state, clock, note }: PipedriveContext, { params, body }: VendorRequest): TwinAnswer {
  const person = state.persons.get(Number(params['id']));
  if (person === undefined) return notFound;
  const { marketing_status: status, ...rest } = body;
  const named = typeof rest['name'] === 'string' ? { first_name: rest['name'], last_name: '' } : {};
  changePerson(clock, person, { ...rest, ...named, ...setStatus(state, person, status) });
  note('update', `persons/${person.id}`);
  return answered(person);
}

/** Routes of what stands beside persons. */
function otherRoutes({ state, clock, note }: PipedriveContext, kind: OtherKind): Readonly<Record<string, Handler>> {
  const rows = state.others[kind];
  const on =
    (work: (row: PipedriveRow, request: VendorRequest) => unknown): Handler =>
    (request) => {
      const row = rows.get(Number(request.params['id']));
      return row === undefined ? notFound : answered(work(row, request));
    };
  return {
    [`GET /${kind}`]: (request) => list(rows, request),
    [`GET /${kind}/{id}`]: on((row) => row),
    [`PATCH /${kind}/{id}`]: on((row, { body }) => {
      changePerson(clock, row, body);
      note('update', `${kind}/${row.id}`);
      return row;
    }),
    [`DELETE /${kind}/{id}`]: on((row) => {
      rows.delete(row.id);
      changePerson(clock, row, {});
      state.bin.set(row.id, { item: itemOf[kind], row });
      note('delete', `${kind}/${row.id}`);
      return { id: row.id };
    }),
  };
}

/** What changed since a time, of one kind: version 1 tells of what lies in the bin too. */
function recents({ state }: PipedriveContext, request: VendorRequest): TwinAnswer {
  const item = request.query.get('items');
  const since = Date.parse(`${(request.query.get('since_timestamp') ?? '').replace(' ', 'T')}Z`);
  const there = {
    person: state.persons,
    organization: state.others.organizations,
    deal: state.others.deals,
    activity: state.others.activities,
  };
  const told = ({ id, update_time: at }: Person | PipedriveRow, active: boolean): object => {
    const mark = item === 'deal' ? { active, deleted: !active } : { active_flag: active };
    return { item, id, data: { id, ...mark, update_time: at.slice(0, 19).replace('T', ' ') } };
  };
  const rows = [...there[item as Item].values()].map((row) => ({ row, active: true })); // the description lists the kinds
  for (const binned of state.bin.values()) if (binned.item === item) rows.push({ row: binned.row, active: false });
  const found = rows.filter(({ row }) => Date.parse(row.update_time) >= since);
  found.sort((one, other) => Date.parse(one.row.update_time) - Date.parse(other.row.update_time));
  return paged(
    found.map(({ row, active }) => told(row, active)),
    request,
  );
}

/** A person as it is told: its marketing status only when that is asked for. */
const told = (person: Person, query: URLSearchParams): object => {
  if ((query.get('include_fields') ?? '').split(',').includes('marketing_status')) return person;
  const { marketing_status: _status, ...rest } = person;
  return rest;
};

/** Routes of persons, organizations, deals and activities. */
export function pipedriveRoutes(context: PipedriveContext): Readonly<Record<string, Handler>> {
  const { state, note } = context;
  return {
    ...attachedRoutes(context),
    ...mailboxRoutes(context),
    'GET /personFields': () =>
      answered([{ field_code: 'name', field_name: 'Name', field_type: 'varchar' }], { additional_data: { next_cursor: null } }),
    ...otherRoutes(context, 'organizations'),
    ...otherRoutes(context, 'deals'),
    ...otherRoutes(context, 'activities'),
    'GET /recents': (request) => recents(context, request),
    'GET /persons/search': (request) => search(context, request),
    'GET /persons': (request) => list(state.persons, request, (person) => told(person as Person, request.query)), // persons alone
    'GET /persons/{id}': ({ params, query }) => {
      const person = state.persons.get(Number(params['id']));
      return person === undefined ? notFound : answered(told(person, query));
    },
    'PATCH /persons/{id}': (request) => patch(context, request),
    'DELETE /persons/{id}': ({ params }) => {
      const person = state.persons.get(Number(params['id']));
      if (person === undefined) return notFound;
      removePerson(state, context.clock, person);
      note('delete', `persons/${person.id}`);
      return answered({ id: person.id });
    },
  };
}
