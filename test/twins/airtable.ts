import { readFileSync } from 'node:fs';
import type { TwinAnswer } from './kit/twin.ts';
import type { Handler, VendorRequest } from './kit/twin-http.ts';
import { startVendorTwin, type VendorTwin } from './kit/vendor-twin.ts';
import { type TwinClock, twinClock } from './kit/twin-clock.ts';
import {
  addRecord,
  type AirtableRecord,
  type AirtableState,
  changeRecord,
  emptyState,
  modifiedColumn,
} from './airtable/store.ts';

export interface AirtableTwinOptions {
  readonly port?: number;
  readonly memory?: string;
  readonly seed?: readonly Readonly<Record<string, unknown>>[];
}

export interface AirtableTwin extends VendorTwin<AirtableState> {
  readonly token: string;
  readonly base: string;
  readonly table: string;
  /** First parts of paths that the token may not call. */
  readonly lacking: Set<string>;
}

interface Context {
  readonly state: AirtableState;
  readonly clock: TwinClock;
  note(verb: string, subject: string): void;
}

const spec = readFileSync(new URL('./airtable/spec.json', import.meta.url), 'utf8');

const failure = (status: number, type: string): TwinAnswer => ({ status, body: { error: { type, message: type } } });

/** The three formulas that a connector sends. */
function isIn({ id, fields }: AirtableRecord, formula: string): boolean {
  const after = /^IS_AFTER\(LAST_MODIFIED_TIME\(\), '([^']+)'\)$/.exec(formula)?.[1];
  if (after !== undefined) return Date.parse(String(fields[modifiedColumn] as string)) > Date.parse(after);
  const wanted = /^RECORD_ID\(\) = "([^"]*)"$/.exec(formula)?.[1];
  if (wanted !== undefined) return id === wanted;
  const [, column = '', value = ''] = /^LOWER\(TRIM\(\{([^}]+)\}\)\) = "(.*)"$/.exec(formula) ?? [];
  const has = fields[column];
  return formula === '' || (typeof has === 'string' && has.trim().toLowerCase() === value);
}

function list({ state }: Context, { query }: VendorRequest): TwinAnswer {
  const offset = query.get('offset');
  if (offset?.startsWith('itr') === false) return failure(422, 'LIST_RECORDS_ITERATOR_NOT_AVAILABLE');
  const after = offset?.slice('itr/'.length) ?? '';
  const size = Number(query.get('pageSize') ?? 100);
  const found = [...state.records.values()]
    .filter((record) => record.id > after && isIn(record, query.get('filterByFormula') ?? ''))
    .sort((one, other) => (one.id < other.id ? -1 : 1));
  const page = found.slice(0, size);
  const more = found.length > size ? { offset: `itr/${page.at(-1)?.id ?? ''}` } : {};
  return { status: 200, body: { records: page, ...more } };
}

function patch({ state, clock, note }: Context, { body }: VendorRequest): TwinAnswer {
  const wanted = body['records'] as readonly Pick<AirtableRecord, 'id' | 'fields'>[]; // described so
  if (wanted.some(({ id }) => !state.records.has(id))) return failure(422, 'ROW_DOES_NOT_EXIST');
  for (const { id, fields } of wanted) {
    const record = state.records.get(id);
    if (record === undefined) continue;
    if (state.deaf > 0) state.deaf -= 1;
    else changeRecord(clock, record, fields);
    note('patch', id);
  }
  return { status: 200, body: { records: wanted.map(({ id }) => state.records.get(id)) } };
}

function routes(context: Context): Readonly<Record<string, Handler>> {
  const { state, note } = context;
  const columns = ['First name', 'Last name', 'Email', 'Do not contact', modifiedColumn];
  return {
    'GET /v0/meta/bases': () => ({ status: 200, body: { bases: [{ id: 'appTwin', name: 'People' }] } }),
    'GET /v0/meta/bases/{base}/tables': () => ({
      status: 200,
      body: {
        tables: [{ id: 'tblTwin', name: 'People', fields: columns.map((name) => ({ id: `fld ${name}`, name, type: 'text' })) }],
      },
    }),
    'GET /v0/{base}/{table}': (request) => list(context, request),
    'PATCH /v0/{base}/{table}': (request) => patch(context, request),
    'GET /v0/{base}/{table}/{record}': ({ params }) => {
      const record = state.records.get(params['record'] ?? '');
      return record === undefined ? { status: 404, body: { error: 'NOT_FOUND' } } : { status: 200, body: record };
    },
    'DELETE /v0/{base}/{table}/{record}': ({ params }) => {
      const record = state.records.get(params['record'] ?? '');
      if (record === undefined) return { status: 404, body: { error: 'NOT_FOUND' } };
      state.records.delete(record.id);
      state.trash.push(record);
      note('delete', record.id);
      return { status: 200, body: { id: record.id, deleted: true } };
    },
  };
}

/** A stand-in of one base: empty fields left out, listings whose place expires, a trash that keeps records as they were. */
export async function startAirtableTwin(options: AirtableTwinOptions = {}): Promise<AirtableTwin> {
  const token = 'pat-airtable-twin';
  const lacking = new Set<string>();
  const clock = twinClock();
  const twin = await startVendorTwin<AirtableState>({
    port: options.port,
    memory: options.memory,
    spec,
    state: emptyState(),
    clock,
    refuse: ({ headers, path }) => {
      if (headers['authorization'] !== `Bearer ${token}`) return failure(401, 'AUTHENTICATION_REQUIRED');
      return [...lacking].some((part) => path.startsWith(part))
        ? failure(403, 'INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND')
        : undefined;
    },
    routes,
  });
  if (twin.state.records.size === 0) for (const fields of options.seed ?? []) addRecord(twin.state, clock, fields);
  return { ...twin, token, base: 'appTwin', table: 'People we know', lacking };
}
