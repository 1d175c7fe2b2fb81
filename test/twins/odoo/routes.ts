import type { TwinAnswer } from '../kit/twin.ts';
import type { TwinClock } from '../kit/twin-clock.ts';
import type { Handler, VendorRequest } from '../kit/twin-http.ts';
import { computed, createRow, isModel, type Model, type OdooState, searchRows, writeRow } from './store.ts';

export interface OdooContext {
  readonly state: OdooState;
  readonly clock: TwinClock;
  note(verb: string, subject: string): void;
  readonly saved: (model: Model, id: number) => void;
}

const failure = (status: number, name: string, message: string): TwinAnswer => ({
  status,
  body: { name, message, arguments: [message], context: {}, debug: '' },
});

const ids = (body: VendorRequest['body']): readonly number[] => (body['ids'] ?? []) as readonly number[]; // described so

const activeTest = (body: VendorRequest['body']): boolean =>
  (body['context'] as { readonly active_test?: boolean } | undefined)?.active_test !== false;

/** What still refers to a partner, so that PostgreSQL refuses to delete it. */
const referred = (state: OdooState, id: number): boolean =>
  (['account.move', 'account.payment', 'sale.order'] as const).some((model) =>
    [...state.rows[model].values()].some((row) => (row['partner_id'] as readonly unknown[])[0] === id),
  );

function searchRead({ state }: OdooContext, model: Model, body: VendorRequest['body']): TwinAnswer {
  const { domain, fields, limit, offset } = body as {
    readonly domain: readonly unknown[];
    readonly fields?: readonly string[];
    readonly limit?: number;
    readonly offset?: number;
  };
  const found = searchRows(state, model, domain, activeTest(body)).slice(offset ?? 0);
  const shown = found
    .slice(0, limit ?? found.length)
    .map((row) =>
      Object.fromEntries([
        ['id', row['id']],
        ...(fields ?? Object.keys(row)).map((field) => [field, row[field] ?? false]),
        ...Object.entries(row).filter(([field]) => field.startsWith('x_')),
      ]),
    );
  return { status: 200, body: shown };
}

type Specification = Readonly<Record<string, { readonly fields?: Specification }>>;

/** Reads along a specification: a many2one is its id, or the record behind it where its fields are named. */
function webRead(state: OdooState, row: Readonly<Record<string, unknown>>, specification: Specification): object {
  const told = (field: string, { fields }: Specification[string]): unknown => {
    const value = row[field];
    if (!Array.isArray(value)) return value ?? false;
    const id = value[0] as number; // [id, name]
    const found = field === 'event_id' ? state.rows['calendar.event'].get(id) : undefined;
    return fields === undefined ? id : webRead(state, found ?? { id }, fields);
  };
  return { id: row['id'], ...Object.fromEntries(Object.entries(specification).map(([field, one]) => [field, told(field, one)])) };
}

function webSearchRead({ state }: OdooContext, model: Model, body: VendorRequest['body']): TwinAnswer {
  const { domain, specification, limit } = body as {
    readonly domain: readonly unknown[];
    readonly specification: Specification;
    readonly limit?: number;
  };
  const found = searchRows(state, model, domain, activeTest(body));
  const records = found.slice(0, limit ?? found.length).map((row) => webRead(state, row, specification));
  return { status: 200, body: { length: found.length, records } };
}

function write(context: OdooContext, model: Model, body: VendorRequest['body']): TwinAnswer {
  const { state, clock, note, saved } = context;
  if (model === 'mail.blacklist' && state.deaf > 0) {
    state.deaf -= 1;
    return { status: 200, body: true };
  }
  for (const id of ids(body)) {
    if (!writeRow(state, clock, model, id, body['vals'] as Readonly<Record<string, unknown>>))
      return failure(404, 'odoo.exceptions.MissingError', 'Record does not exist or has been deleted.');
    note('write', `${model}/${id}`);
    saved(model, id);
  }
  return { status: 200, body: true };
}

function create(context: OdooContext, model: Model, body: VendorRequest['body']): TwinAnswer {
  const { state, clock, note, saved } = context;
  if (model === 'mail.blacklist' && state.deaf > 0) {
    state.deaf -= 1;
    return { status: 200, body: [1] };
  }
  const made = (body['vals_list'] as readonly Readonly<Record<string, unknown>>[]).map((values) => {
    const id = createRow(state, clock, model, values);
    note('create', `${model}/${id}`);
    saved(model, id);
    return id;
  });
  return { status: 200, body: made };
}

/** What goes with a record: attendees with their event, subscriptions with their recipient. */
function dropBehind(state: OdooState, model: Model, id: number): void {
  const [child, field] =
    model === 'calendar.event' ? (['calendar.attendee', 'event_id'] as const) : (['mailing.subscription', 'contact_id'] as const);
  if (model !== 'calendar.event' && model !== 'mailing.contact') return;
  for (const [key, row] of state.rows[child]) if ((row[field] as readonly unknown[])[0] === id) state.rows[child].delete(key);
}

function unlink({ state, note }: OdooContext, model: Model, body: VendorRequest['body']): TwinAnswer {
  for (const id of ids(body)) {
    if (!state.rows[model].has(id)) return failure(404, 'odoo.exceptions.MissingError', 'Record does not exist.');
    if (model === 'res.partner' && referred(state, id))
      return failure(422, 'odoo.exceptions.ValidationError', 'another model requires the record being deleted');
    if (model === 'sale.order' && !['draft', 'cancel'].includes(String(state.rows[model].get(id)?.['state'])))
      return failure(422, 'odoo.exceptions.UserError', 'You can not delete a sent quotation or a confirmed sales order.');
    state.rows[model].delete(id);
    dropBehind(state, model, id);
    note('unlink', `${model}/${id}`);
  }
  return { status: 200, body: true };
}

/** JSON-2 of Odoo 19: one path a model and method; names of parameters, not their order. */
export function odooRoutes(context: OdooContext): Readonly<Record<string, Handler>> {
  const on =
    (run: (context: OdooContext, model: Model, body: VendorRequest['body']) => TwinAnswer): Handler =>
    ({ params, body }) => {
      const model = params['model'] ?? '';
      if (!isModel(model, context.state)) return failure(404, 'werkzeug.exceptions.NotFound', 'no such model');
      return run(context, model, body);
    };
  return {
    'POST /json/2/{model}/search_read': on(searchRead),
    'POST /json/2/{model}/web_search_read': on(webSearchRead),
    'POST /json/2/{model}/search_count': on(({ state }, model, body) => ({
      status: 200,
      body: searchRows(state, model, body['domain'] as readonly unknown[], activeTest(body)).length,
    })),
    'POST /json/2/{model}/write': on(write),
    'POST /json/2/{model}/create': on(create),
    'POST /json/2/{model}/unlink': on(unlink),
    'POST /json/2/{model}/action_cancel': on((all, model, body) => write(all, model, { ...body, vals: { state: 'cancel' } })),
  };
}

/** What an automation rule of Odoo posts for one saved record. */
export const automationBody = (state: OdooState, model: Model, id: number): Readonly<Record<string, unknown>> => {
  const row = computed(state, model, state.rows[model].get(id) ?? {});
  return { _model: model, _id: id, _action: 'Tell Ficha(#12)', email: row['email'] ?? false, active: row['active'] ?? false };
};
