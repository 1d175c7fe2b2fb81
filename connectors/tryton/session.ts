import { FichaError } from '../../domain/record/error.ts';
import type { Answer, Send } from '../kit/hooks.ts';

export interface Account {
  readonly database: string;
  readonly user: string;
  readonly password: string;
}

export type Domain = readonly unknown[];
export type Row = Readonly<Record<string, unknown>> & { readonly id: number };

export interface Search {
  readonly domain: Domain;
  readonly fields: readonly string[];
  readonly order?: readonly (readonly [string, string])[];
  readonly limit?: number;
}

/** A business refusal of Tryton. Its text names people, so only what kind it is leaves this file. */
export class TrytonRefusal extends FichaError {
  constructor(method: string, refusal: string) {
    super(refusal, `Tryton refused ${method}. The reason is in the ERP.`);
    this.name = 'TrytonRefusal';
  }
}

/** Tryton has no model or field of this name: its module is not activated. */
class UnknownName extends FichaError {
  readonly unknown: string;

  constructor(method: string, unknown: string) {
    super('unknown-name', `Tryton knows no ${unknown} in ${method}: its module is not activated`);
    this.name = 'UnknownName';
    this.unknown = unknown;
  }
}

const refusals: readonly (readonly [RegExp, string])[] = [
  [/because they are still active/, 'still-active'],
  [/pending sales/, 'pending-sales'],
  [/pending invoices/, 'pending-invoices'],
  [/pending shipments?/, 'pending-shipments'],
  [/pending receivable\/payable/, 'pending-balance'],
  [/that don't exist/, 'not-found'],
  [/^You are not allowed/, 'access-denied'],
];

const named = new Set(['UserError', 'UserWarning', 'LoginException', 'RateLimitException']);

/** The error of an answer with HTTP 200, by its kind. */
function errorOf(method: string, error: unknown): FichaError {
  const [name, details] = Array.isArray(error) ? (error as unknown[]) : [error]; // Tryton's list: name and arguments, or message and trace
  if (name === 'ConcurrencyException') {
    return new FichaError('changed-meanwhile', `somebody else changed the record of ${method} in Tryton`, { retry: 'now' });
  }
  if (typeof name === 'string' && named.has(name)) {
    const text = Array.isArray(details) ? String(details[0]) : String(details);
    return new TrytonRefusal(method, refusals.find(([pattern]) => pattern.test(text))?.[1] ?? 'refused');
  }
  const [, unknown] = typeof name === 'string' ? (/^'([a-z_.]+)'$/.exec(name) ?? []) : [];
  if (unknown !== undefined) return new UnknownName(method, unknown);
  return new FichaError('vendor-failed', `Tryton failed inside ${method}; its log says why`, { retry: 'later' });
}

/** What an answer says, whatever its HTTP status; 429 and 5xx are the client's business. */
function resultOf(method: string, { status, body }: Answer): unknown {
  if (status === 401) throw new FichaError('credentials-refused', 'Tryton refused the user name, the password or the session');
  if (status === 403) throw new FichaError('access-denied', `Tryton's user may not call ${method}`);
  if (status === 404) throw new FichaError('no-database', 'Tryton has no such database: see `database` in the settings');
  if (typeof body !== 'object' || body === null || !('id' in body)) {
    throw new FichaError('unexpected-answer', `Tryton's answer to ${method} is no JSON-RPC`, { retry: 'later' });
  }
  if ('error' in body) throw errorOf(method, body.error);
  return 'result' in body ? body.result : undefined;
}

/** Signing in twice leaves one session too many, which ends by itself. */
const reading = /\.(?:login|search_read|search_count|read|get_preferences|version)$/;

interface SignedIn {
  readonly authorization: string;
  /** The user's preferences: the company whose records rules let it see. English, so that refusals can be told apart. */
  readonly context: Readonly<Record<string, unknown>>;
}

/**
 * Calls of Tryton's JSON-RPC. Signs in when first needed and once more when the session has ended (HTTP 401), however many calls notice it.
 * Inactive records are always included: an archived person is still held.
 * @see https://docs.tryton.org/7.0/server/topics/rpc.html
 */
export class TrytonSession {
  readonly #send: Send;
  readonly #account: Account;
  #signedIn: Promise<SignedIn> | undefined;
  readonly #known = new Map<string, boolean>();

  constructor(send: Send, account: Account) {
    this.#send = send;
    this.#account = account;
  }

  #post(path: string, method: string, params: readonly unknown[], authorization?: string): Promise<Answer> {
    return this.#send({
      method: 'POST',
      path,
      json: { id: 0, method, params },
      headers: authorization === undefined ? {} : { authorization },
      expect: [401, 403, 404],
      reads: reading.test(method),
    });
  }

  get #path(): string {
    return `/${encodeURIComponent(this.#account.database)}/`;
  }

  /** The server's version, without signing in. */
  async version(): Promise<string> {
    return String(resultOf('common.server.version', await this.#post('/', 'common.server.version', [])));
  }

  async #signIn(): Promise<SignedIn> {
    const { user, password } = this.#account;
    const login = resultOf('common.db.login', await this.#post(this.#path, 'common.db.login', [user, { password }, 'en']));
    if (!Array.isArray(login)) throw new FichaError('credentials-refused', 'Tryton wants a second factor for this user');
    const [userId, token] = login as readonly unknown[]; // [user id, session key]
    const authorization = `Session ${Buffer.from(`${user}:${String(userId)}:${String(token)}`).toString('base64')}`;
    const asking = 'model.res.user.get_preferences';
    const preferences = resultOf(asking, await this.#post(this.#path, asking, [true, {}], authorization));
    return { authorization, context: { ...(preferences as object), language: 'en', active_test: false } }; // a dictionary, for every user
  }

  async #session(): Promise<SignedIn> {
    const mine = (this.#signedIn ??= this.#signIn());
    return mine.catch((cause: unknown) => {
      if (this.#signedIn === mine) this.#signedIn = undefined;
      throw cause;
    });
  }

  /** Calls one method; the context is added as its last argument. */
  async call(method: string, ...params: readonly unknown[]): Promise<unknown> {
    const ask = async ({ authorization, context }: SignedIn): Promise<Answer> =>
      this.#post(this.#path, method, [...params, context], authorization);
    const used = await this.#session();
    const answer = await ask(used);
    if (answer.status !== 401) return resultOf(method, answer);
    if ((await this.#signedIn) === used) this.#signedIn = undefined;
    return resultOf(method, await ask(await this.#session()));
  }

  async search(model: string, { domain, fields, order = [['id', 'ASC']], limit = 1000 }: Search): Promise<readonly Row[]> {
    return (await this.call(`model.${model}.search_read`, domain, 0, limit, order, fields)) as readonly Row[]; // rows by Tryton's contract
  }

  async count(model: string, domain: Domain): Promise<number> {
    return Number(await this.call(`model.${model}.search_count`, domain));
  }

  /** Whether a model is there, asked once; a field that is not there is an error all the same. */
  async has(model: string): Promise<boolean> {
    const known = this.#known.get(model);
    if (known !== undefined) return known;
    const found = await this.count(model, [['id', '=', 0]]).then(
      () => true,
      (cause: unknown) => {
        if (cause instanceof UnknownName && cause.unknown === model) return false;
        throw cause;
      },
    );
    this.#known.set(model, found);
    return found;
  }

  /** Every row of a search, however many, by ascending id: an id never moves, an offset does. */
  async all(model: string, domain: Domain, fields: readonly string[]): Promise<readonly Row[]> {
    const rows: Row[] = [];
    for (;;) {
      const page = await this.search(model, { domain: [['id', '>', rows.at(-1)?.id ?? 0], domain], fields });
      rows.push(...page);
      if (page.length < 1000) return rows;
    }
  }
}
