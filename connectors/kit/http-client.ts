import { setTimeout as wait } from 'node:timers/promises';
import { Agent, type Dispatcher, request } from 'undici';
import { FichaError } from '../../domain/record/error.ts';
import { traced } from '../../platform/traces.ts';
import type { ErrorFilter, RateLimit } from '../../schemas/types.ts';
import { type AllowedHosts, allowedAddress } from './allowed-hosts.ts';
import { parsedBody, readBody } from './answer-body.ts';
import { decided, pauseOf } from './error-filter.ts';
import type { CredentialSource } from './credentials.ts';
import type { Answer, Call, Credentials, Send } from './hooks.ts';
import type { Limiter } from './limiter.ts';

/** What of a linked system the client must know. */
export interface ClientSettings {
  readonly systemId: string;
  readonly hosts: AllowedHosts;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly limits: readonly RateLimit[];
  readonly errors: readonly ErrorFilter[];
  readonly limiter: Limiter;
  readonly signal: AbortSignal;
  /** No call that writes is sent. */
  readonly readOnly?: boolean;
  readonly credentials: CredentialSource;
}

const mostTries = 4;
const mostRedirects = 5;
const longestWaitMs = 60_000;

const agent = new Agent({ connect: { timeout: 10_000 }, keepAliveTimeout: 10_000, pipelining: 1 });

const readsOnly = ({ method, reads }: Call): boolean => method === 'GET' || reads === true;

const bodyOf = ({ json, form, raw }: Call): { readonly type?: string; readonly text?: string | Uint8Array } => {
  if (raw !== undefined) return { type: raw.type, text: raw.body };
  if (form !== undefined) return { type: 'application/x-www-form-urlencoded', text: new URLSearchParams(form).toString() };
  return json === undefined ? {} : { type: 'application/json', text: JSON.stringify(json) };
};

const plain = (headers: Dispatcher.ResponseData['headers']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  );

/** One exchange. Redirects are followed by reading calls only, and only to allowed hosts. */
async function exchange(call: Call, credentials: Credentials, settings: ClientSettings): Promise<Answer> {
  const { systemId, hosts, timeoutMs, maxBytes } = settings;
  const signal = AbortSignal.any([settings.signal, AbortSignal.timeout(timeoutMs)]);
  const { type, text } = bodyOf(call);
  let url = allowedAddress(call.path, hosts, systemId, call.link);
  for (const [name, value] of Object.entries({ ...call.query, ...credentials.query })) url.searchParams.set(name, String(value));
  const headers = {
    accept: 'application/json',
    'user-agent': 'ficha',
    ...settings.headers,
    ...call.headers,
    ...credentials.headers,
  };
  for (let hop = 0; hop <= mostRedirects; hop += 1) {
    const {
      statusCode,
      headers: raw,
      body,
    } = await request(url, {
      method: call.method,
      headers: { ...(type === undefined ? {} : { 'content-type': type }), ...headers },
      ...(text === undefined ? {} : { body: text }),
      dispatcher: agent,
      signal,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    });
    const answered = plain(raw);
    const location = answered['location'];
    if (statusCode < 300 || statusCode >= 400 || statusCode === 304 || location === undefined) {
      const whole = await readBody(body, maxBytes, systemId);
      const parsed = (): unknown => parsedBody(whole.toString('utf8'), answered['content-type'] ?? '', systemId);
      return { status: statusCode, headers: answered, body: call.bytes === true ? whole : parsed() };
    }
    body.on('error', () => undefined).destroy(); // destroyed unread it reports an error that nobody waits for
    if (!readsOnly(call))
      throw new FichaError('redirect-refused', `${systemId}: a writing call was redirected; it was not repeated elsewhere`);
    url = allowedAddress(new URL(location, url).href, hosts, systemId);
  }
  throw new FichaError('redirect-refused', `${systemId}: more than ${mostRedirects} redirects`);
}

/** The exchange as a trace tells it: by the manifest's template, never by the address, which holds whom it is about (rule 9). */
const tracedExchange = (call: Call, credentials: Credentials, settings: ClientSettings): Promise<Answer> =>
  traced(
    { name: `call ${call.method} ${call.template ?? ''}`.trimEnd(), kind: 'client' },
    { 'ficha.system': settings.systemId, 'http.request.method': call.method, 'url.template': call.template },
    async (tell) => {
      const answer = await exchange(call, credentials, settings);
      tell({ 'http.response.status_code': answer.status });
      return answer;
    },
  );

/** What is thrown when no answer came: for a writing call its outcome is not known, and must be read back (rule 5). */
function unanswered(call: Call, error: unknown, { systemId, signal }: ClientSettings): Error {
  if (error instanceof FichaError) return error;
  if (signal.aborted) return error instanceof Error ? error : new Error('aborted');
  const code = readsOnly(call) ? 'no-answer' : 'outcome-unknown';
  const way = readsOnly(call) ? 'is it running, and is server.url right?' : 'whether it took effect must be read back';
  return new FichaError(code, `${systemId}: ${call.method} got no answer; ${way}`, { retry: 'later', cause: error });
}

/**
 * The one client of all connectors: allowed hosts only, credentials unsent elsewhere, bounded size and time, the system's limits, and
 * retries as its error filters say. A writing call is tried again only when the answer says that it did nothing (429, `wait`).
 */
export function createSend(settings: ClientSettings): Send {
  const once = async (call: Call, credentials: Credentials): Promise<Answer> => {
    const release = await settings.limiter.take(settings.signal, call);
    try {
      return await tracedExchange(call, credentials, settings);
    } catch (error) {
      throw unanswered(call, error, settings);
    } finally {
      release();
    }
  };
  return async (call) => {
    if (settings.readOnly === true && !readsOnly(call))
      throw new FichaError('write-refused', `${settings.systemId}: it was opened to be read only, and ${call.method} writes`);
    let refused: string | undefined;
    let renewed = false;
    for (let attempt = 1; ; attempt += 1) {
      const backoffMs = Math.min(250 * 2 ** attempt, 8_000) * (0.5 + Math.random() / 2);
      try {
        const credentials = await settings.credentials(call, refused);
        const answer = await once(call, credentials);
        const verdict = decided(call, answer, settings.errors, settings.systemId);
        if (verdict.action === 'answer') return verdict.answer;
        if (verdict.action === 'refresh' && !renewed) {
          renewed = true;
          refused = credentials.mark;
          continue;
        }
        const again = verdict.action === 'wait' || (verdict.action === 'retry' && readsOnly(call));
        const pauseMs = verdict.action === 'wait' ? (pauseOf(answer, settings.limits) ?? backoffMs * 4) : backoffMs;
        if (verdict.action === 'wait') await settings.limiter.pauseFor(Math.min(pauseMs, longestWaitMs));
        if (!again || attempt >= mostTries || pauseMs > longestWaitMs) throw verdict.error;
        await wait(pauseMs, undefined, { signal: settings.signal });
      } catch (error) {
        const passing = error instanceof FichaError && ['no-answer', 'answer-not-json'].includes(error.code);
        if (!passing || !readsOnly(call) || attempt >= mostTries) throw error;
        await wait(backoffMs, undefined, { signal: settings.signal });
      }
    }
  };
}
