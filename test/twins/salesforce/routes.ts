import type { TwinAnswer } from '../kit/twin.ts';
import type { TwinClock } from '../kit/twin-clock.ts';
import type { Handler, VendorRequest } from '../kit/twin-http.ts';
import { changeContact, peopleOf, type SalesforceState, type SfRecord, tableOf } from './store.ts';

export interface SalesforceContext {
  readonly state: SalesforceState;
  readonly clock: TwinClock;
  note(verb: string, subject: string): void;
}

const base = '/services/data/v62.0';
const pageSize = 2_000;
const notFound: TwinAnswer = {
  status: 404,
  body: [{ errorCode: 'NOT_FOUND', message: 'The requested resource does not exist' }],
};

const byTime = (one: SfRecord, other: SfRecord): number =>
  Date.parse(one.SystemModstamp) - Date.parse(other.SystemModstamp) || (one.Id < other.Id ? -1 : 1);

/** A field, also of what a lookup field leads to. */
const at = (row: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((here, name) => (here as Readonly<Record<string, unknown>> | null | undefined)?.[name], row); // a row is an object

/** What a query asks for, of the little of the language that we write. */
function asked(state: SalesforceState, soql: string, withDeleted: boolean): SfRecord[] {
  const rows = tableOf(state, /.* FROM (\w+)/.exec(soql)?.[1] ?? '') ?? new Map<string, SfRecord>();
  const filled = / AND ([\w.]+) != null/.exec(soql)?.[1];
  const since = / SystemModstamp >= (\S+)/.exec(soql)?.[1];
  const id = / Id = '([^']*)'/.exec(soql)?.[1];
  const either = / AND \((\w+) = true OR (\w+) = true\)/.exec(soql)?.slice(1);
  return [...rows.values()]
    .filter((contact) => filled === undefined || (at(contact, filled) ?? null) !== null)
    .filter((contact) => (withDeleted || !contact.IsDeleted) && (id === undefined || contact.Id === id))
    .filter((contact) => either === undefined || either.some((name) => contact[name] === true))
    .filter((contact) => since === undefined || Date.parse(contact.SystemModstamp) >= Date.parse(since))
    .sort(byTime)
    .map((row) =>
      soql.includes('(SELECT Id FROM Contacts)')
        ? { ...row, Contacts: peopleOf(state, row, 'Contact'), Leads: peopleOf(state, row, 'Lead') }
        : row,
    );
}

/** Pages of a result, which stays as it was when it was asked. */
function pages(context: SalesforceContext) {
  const results = new Map<string, readonly SfRecord[]>();
  const page = (key: string, from: number): TwinAnswer => {
    const all = results.get(key) ?? [];
    const more = from + pageSize < all.length;
    const next = more ? { nextRecordsUrl: `${base}/query/${key}-${from + pageSize}` } : {};
    return { status: 200, body: { totalSize: all.length, done: !more, ...next, records: all.slice(from, from + pageSize) } };
  };
  const query =
    (withDeleted: boolean): Handler =>
    ({ query: parameters }: VendorRequest) => {
      const key = `01g${results.size + 1}`;
      const found = asked(context.state, parameters.get('q') ?? '', withDeleted);
      results.set(
        key,
        found.map((contact) => ({ ...contact })),
      );
      return page(key, 0);
    };
  const next: Handler = ({ params }) => {
    const [key = '', from = '0'] = (params['locator'] ?? '').split('-');
    return page(key, Number(from));
  };
  return { query, next };
}

const rowOf = (state: SalesforceState, { object = '', id = '' }: VendorRequest['params']): SfRecord | undefined =>
  tableOf(state, object)?.get(id);

function patch({ state, clock, note }: SalesforceContext, { params, body }: VendorRequest): TwinAnswer {
  const contact = rowOf(state, params);
  if (contact === undefined || contact.IsDeleted) return notFound;
  if (state.deaf > 0) state.deaf -= 1;
  else {
    changeContact(clock, contact, body);
    note('update', `${params['object'] ?? ''}/${contact.Id}`);
  }
  return { status: 204 };
}

const addressOf = ({ Email: email }: SfRecord): string => (typeof email === 'string' ? email.toLowerCase() : '');

/** Routes of queries, contacts and the search. */
export function salesforceRoutes(context: SalesforceContext): Readonly<Record<string, Handler>> {
  const { state, clock, note } = context;
  const { query, next } = pages(context);
  return {
    [`GET ${base}/limits`]: () => ({ status: 200, body: { DailyApiRequests: { Max: 100_000, Remaining: 99_000 } } }),
    [`GET ${base}/sobjects`]: () => ({
      status: 200,
      body: { sobjects: ['Contact', 'Account', 'Lead', 'Opportunity', 'Case'].map((name) => ({ name, label: name })) },
    }),
    [`GET ${base}/sobjects/{object}/describe`]: ({ params }) => ({ status: 200, body: { name: params['object'] } }),
    [`GET ${base}/query`]: query(false),
    [`GET ${base}/queryAll`]: query(true),
    [`GET ${base}/query/{locator}`]: next,
    [`GET ${base}/parameterizedSearch`]: ({ query: parameters }) => {
      const wanted = (parameters.get('q') ?? '').toLowerCase();
      const rows = tableOf(state, parameters.get('sobject') ?? '') ?? new Map<string, SfRecord>();
      const found = [...rows.values()].filter((contact) => !contact.IsDeleted && addressOf(contact) === wanted);
      return { status: 200, body: { searchRecords: found.map(({ Id, Email }) => ({ Id, Email })) } };
    },
    [`GET ${base}/sobjects/{object}/{id}`]: ({ params }) => {
      const contact = rowOf(state, params);
      return contact === undefined || contact.IsDeleted ? notFound : { status: 200, body: contact };
    },
    [`PATCH ${base}/sobjects/{object}/{id}`]: (request) => patch(context, request),
    [`DELETE ${base}/sobjects/{object}/{id}`]: ({ params }) => {
      const contact = rowOf(state, params);
      if (contact === undefined || contact.IsDeleted) return notFound;
      changeContact(clock, contact, { IsDeleted: true });
      note('delete', `${params['object'] ?? ''}/${contact.Id}`);
      return { status: 204 };
    },
  };
}
