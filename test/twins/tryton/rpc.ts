import { randomBytes } from 'node:crypto';
import type { TwinAnswer } from '../kit/twin.ts';
import type { VendorRequest } from '../kit/twin-http.ts';
import { EraseWizard } from './erase.ts';
import { type QueryContext, TrytonQuery } from './query.ts';
import { type TrytonStore, TwinUserError } from './store.ts';
import { twinModels } from './schema.ts';

export interface TwinAccount {
  readonly database: string;
  readonly user: string;
  readonly password: string;
}

const html = (status: number, title: string): TwinAnswer => ({
  status,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: `<!doctype html>\n<html lang=en>\n<title>${status} ${title}</title>\n<h1>${title}</h1>\n`,
});
const unauthorized: TwinAnswer = { status: 401, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: '' };

class Forbidden extends Error {}

type Params = readonly unknown[];
type Ids = readonly number[];
type Values = Readonly<Record<string, unknown>>;

/** Tryton's JSON-RPC over a store: sessions, errors with HTTP 200, and HTML where Tryton answers HTML. */
export class TrytonRpc {
  readonly #store: TrytonStore;
  readonly #query: TrytonQuery;
  readonly #wizard: EraseWizard;
  readonly #account: TwinAccount;
  readonly #sessions = new Set<string>();
  /** How often somebody signed in. */
  signIns = 0;

  constructor(store: TrytonStore, account: TwinAccount) {
    this.#store = store;
    this.#query = new TrytonQuery(store);
    this.#wizard = new EraseWizard(store);
    this.#account = account;
  }

  /** Ends every session: the next call answers 401. */
  expireSessions(): void {
    this.#sessions.clear();
  }

  answer(request: VendorRequest): TwinAnswer {
    if (request.method !== 'POST') return html(405, 'Method Not Allowed');
    const { id, method, params } = JSON.parse(request.text) as { id: unknown; method: string; params: Params }; // every JSON-RPC request
    if (method === 'common.server.version') return { status: 200, body: { id, result: '7.0.59' } };
    if (request.path !== `/${this.#account.database}/`) return html(404, 'Not Found');
    if (method === 'common.db.login') return this.#login(id, params);
    if (!this.#sessions.has(request.headers['authorization'] ?? '')) return unauthorized;
    try {
      return { status: 200, body: { id, result: this.call(method, params) } };
    } catch (error) {
      if (error instanceof Forbidden) return html(403, 'Forbidden');
      if (error instanceof TwinUserError) return { status: 200, body: { id, error: ['UserError', [error.message, '', null]] } };
      return { status: 200, body: { id, error: [error instanceof Error ? error.message : String(error), ''] } };
    }
  }

  /** One call, the context last; throws what the vendor would answer as an error. */
  call(method: string, params: Params): unknown {
    const [, kind, name = '', verb = ''] = /^(model|wizard)\.(.+)\.(\w+)$/.exec(method) ?? [];
    this.#store.beginTransaction();
    const sent = params.at(-1) as { readonly active_test?: boolean } | undefined; // the context of every call
    const activeTest = sent?.active_test !== false;
    if (kind === 'wizard' && name === 'party.erase') return this.#erase(verb, params, activeTest);
    if (kind !== 'model') throw new Forbidden();
    if (name === 'res.user' && verb === 'get_preferences') return this.#preferences();
    return this.#model(name, verb, params, { activeTest });
  }

  #login(id: unknown, [user, secrets]: Params): TwinAnswer {
    const { password } = secrets as { readonly password?: string }; // the vendor's form
    if (user !== this.#account.user || password !== this.#account.password) return html(401, 'Unauthorized');
    this.signIns += 1;
    const token = randomBytes(32).toString('hex');
    this.#sessions.add(`Session ${Buffer.from(`${this.#account.user}:1:${token}`).toString('base64')}`);
    return { status: 200, body: { id, result: [1, token] } };
  }

  #preferences(): object {
    const [company] = this.#store.table('company.company').values();
    return { company_filter: 'one', language: 'en', ...(company ? { company: company.id } : {}) };
  }

  #erase(verb: string, params: Params, activeTest: boolean): unknown {
    if (verb === 'create') return this.#wizard.create();
    if (verb === 'execute') return this.#wizard.execute(params, activeTest);
    if (verb === 'delete') return this.#wizard.delete(params);
    throw new Forbidden();
  }

  #model(model: string, verb: string, params: Params, context: QueryContext): unknown {
    if (!(model in twinModels)) throw new TypeError(`'${model}'`);
    const [first, second] = params;
    switch (verb) {
      case 'search_read': {
        const [domain, offset, limit, order, fields] = params as [
          unknown[],
          number,
          number | null,
          [string, string][] | null,
          string[],
        ]; // the vendor's order of arguments
        const found = this.#query.sorted(this.#query.search(model, domain, context), order);
        const page = found.slice(offset, limit === null ? undefined : offset + limit);
        return page.map((row) => this.#query.read(model, row, fields, context));
      }
      case 'search_count':
        return this.#query.search(model, first as unknown[], context).length;
      case 'read':
        return this.#store
          .rows(model, first as Ids, 'read')
          .map((row) => this.#query.read(model, row, second as string[], context));
      case 'create':
        return (first as Values[]).map((values) => this.#store.create(model, values));
      case 'write':
        for (const row of this.#store.rows(model, first as Ids, 'write to')) this.#store.write(model, row, second as Values);
        return null;
      case 'delete':
        this.#store.delete(model, first as Ids);
        return null;
      default:
        return this.#button(model, verb, first as Ids);
    }
  }

  /** The buttons of sales and invoices, as far as they move the state. */
  #button(model: string, verb: string, ids: Ids): null {
    const states: Readonly<Record<string, string>> = {
      quote: 'quotation',
      confirm: 'confirmed',
      cancel: 'cancelled',
      post: 'posted',
    };
    const state = states[verb];
    if (state === undefined || !(model === 'sale.sale' || model === 'account.invoice')) throw new Forbidden();
    for (const row of this.#store.rows(model, ids, 'read'))
      this.#store.write(model, row, { state, number: row['number'] ?? String(row.id) });
    return null;
  }
}
