import type { TwinAnswer } from '../kit/twin.ts';
import type { TwinClock } from '../kit/twin-clock.ts';
import type { Handler, VendorRequest } from '../kit/twin-http.ts';
import { changeItem, type DolibarrState, emailOf, type Item, type Kind, shown } from './store.ts';

export interface DolibarrContext {
  readonly state: DolibarrState;
  readonly clock: TwinClock;
  note(verb: string, subject: string): void;
  readonly trigger: (code: string, item: Item) => void;
}

const failure = (code: number, message: string): TwinAnswer => ({ status: code, body: { error: { code, message } } });

/** The zone of the server is two hours ahead, and `tms` says its time without saying so. */
const serverAheadMs = 2 * 3_600_000;

const columnOf = (item: Item, column: string): unknown => {
  if (column === 't.rowid' || column === 't.id') return item.id;
  if (column === 't.tms')
    return new Date(Number(item['date_modification']) * 1_000 + serverAheadMs).toISOString().slice(0, 19).replace('T', ' ');
  return column === 't.fk_typent' ? (item['typent_code'] === 'TE_PRIVATE' ? '8' : '1') : item[column.slice(2)];
};

/** A value of `sqlfilters`: what stands between the first and the last quote, as Dolibarr reads it. */
const plain = (text: string): string => /^'(.*)'$/.exec(text)?.[1] ?? text;

function meets(item: Item, term: readonly string[]): boolean {
  const [, column = '', operator = '', given = ''] = term;
  const has = columnOf(item, column);
  const value = plain(given);
  const text = typeof has === 'string' ? has : '';
  if (operator === '=') return text.toLowerCase() === value.toLowerCase();
  if (column === 't.rowid' || column === 't.id') return Number(text) > Number(value);
  return operator === '>' ? text > value : text >= value;
}

function list({ state }: DolibarrContext, kind: Kind, { query }: VendorRequest): TwinAnswer {
  const filters = query.get('sqlfilters') ?? '';
  const terms = [...filters.matchAll(/\((t\.[a-z_]+):(>=|=|>):([^()]+)\)/g)];
  if (filters !== '' && terms.length === 0) return failure(503, 'Error when validating parameter sqlfilters');
  const limit = Number(query.get('limit') ?? 100);
  const found = [...state.items[kind].values()]
    .filter((item) => terms.every((term) => meets(item, term)))
    .sort((one, other) => Number(one.id) - Number(other.id))
    .slice(Number(query.get('page') ?? 0) * limit, (Number(query.get('page') ?? 0) + 1) * limit);
  if (found.length === 0) return failure(404, `Not Found: No ${kind} found`);
  return { status: 200, body: found.map((item) => shown(state, kind, item)) };
}

/** `no_email` is a row of its own under the address; without the module it is passed over and the answer is 200 all the same. */
function setNoEmail(state: DolibarrState, item: Item, wanted: unknown): void {
  const email = emailOf(item);
  if (wanted === undefined || email === '') return;
  if (state.deaf > 0) {
    state.deaf -= 1;
    return;
  }
  if (String(wanted as number) === '1') state.unsubscribed.add(email);
  else state.unsubscribed.delete(email);
}

function put({ state, clock, note, trigger }: DolibarrContext, kind: Kind, item: Item, body: VendorRequest['body']): TwinAnswer {
  const { no_email: noEmail, ...values } = body;
  changeItem(clock, item, values);
  if (kind === 'contacts' || kind === 'thirdparties') setNoEmail(state, item, noEmail);
  note('put', `${kind}/${item.id}`);
  if (kind === 'contacts') trigger('CONTACT_MODIFY', shown(state, kind, item));
  return { status: 200, body: shown(state, kind, item) };
}

function remove({ state, note, trigger }: DolibarrContext, kind: Kind, item: Item): TwinAnswer {
  const papers = [state.items.invoices, state.items.orders, state.items.proposals];
  const isUsed = kind === 'thirdparties' && papers.some((held) => [...held.values()].some((one) => one['socid'] === item.id));
  if (isUsed) return failure(409, "Conflict: Can't delete, that thirdparty is probably used");
  state.items[kind].delete(item.id);
  note('delete', `${kind}/${item.id}`);
  if (kind === 'contacts') trigger('CONTACT_DELETE', item);
  return { status: 200, body: { success: { code: 200, message: 'deleted' } } };
}

/** Files of third parties: an empty folder is 404, as is one of a third party who is not there. */
function fileRoutes({ state, note }: DolibarrContext): Readonly<Record<string, Handler>> {
  return {
    'GET /documents': ({ query }) => {
      const id = query.get('id') ?? '';
      const names = state.items.thirdparties.has(id) ? (state.files.get(id) ?? []) : [];
      if (names.length === 0) return failure(404, `Search for modulepart thirdparty with Id ${id} does not return any document.`);
      return { status: 200, body: names.map((name) => ({ name, relativename: name, level1name: id, type: 'file' })) };
    },
    'DELETE /documents': ({ query }) => {
      const [id = '', name] = (query.get('original_file') ?? '').split('/');
      const names = state.files.get(id) ?? [];
      if (name === undefined || !names.includes(name)) return failure(404, 'Not Found: File not found');
      state.files.set(
        id,
        names.filter((one) => one !== name),
      );
      note('delete', `files/${id}`);
      return { status: 200, body: { success: { code: 200, message: 'Document deleted' } } };
    },
  };
}

/** Lists and single objects of every kind. */
export function dolibarrRoutes(context: DolibarrContext): Readonly<Record<string, Handler>> {
  const { state } = context;
  const kinds = Object.keys(state.items) as Kind[]; // the keys of its type
  const one =
    (kind: Kind, run: (item: Item, request: VendorRequest) => TwinAnswer): Handler =>
    (request) => {
      const item = state.items[kind].get(request.params['id'] ?? '');
      return item === undefined ? failure(404, `Not Found: ${kind} not found`) : run(item, request);
    };
  return {
    ...fileRoutes(context),
    'GET /status': () => ({ status: 200, body: { success: { code: 200, dolibarr_version: '21.0.1' } } }),
    ...Object.fromEntries(
      kinds.flatMap((kind): [string, Handler][] => [
        [`GET /${kind}`, (request) => list(context, kind, request)],
        [`GET /${kind}/{id}`, one(kind, (item) => ({ status: 200, body: shown(state, kind, item) }))],
        [`PUT /${kind}/{id}`, one(kind, (item, { body }) => put(context, kind, item, body))],
        [`DELETE /${kind}/{id}`, one(kind, (item) => remove(context, kind, item))],
      ]),
    ),
  };
}
