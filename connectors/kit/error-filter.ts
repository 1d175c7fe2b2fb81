import { FichaError, type Retry } from '../../domain/record/error.ts';
import type { ErrorFilter, RateLimit } from '../../schemas/types.ts';
import { durationMs } from './duration.ts';
import type { Answer, Call } from './hooks.ts';
import { textAt } from './value-path.ts';

type Verdict =
  | { readonly action: 'answer'; readonly answer: Answer }
  | { readonly action: 'retry' | 'wait' | 'refresh' | 'fail' | 'resetPage'; readonly error: FichaError };

const fits = ({ status, method, header, path, equals, includes }: ErrorFilter, call: Call, answer: Answer): boolean => {
  if (status !== undefined && !status.includes(answer.status)) return false;
  if (method !== undefined && method !== call.method) return false;
  if (header !== undefined && answer.headers[header.toLowerCase()] === undefined) return false;
  if (path === undefined) return status !== undefined || header !== undefined;
  const text = textAt(answer.body, path);
  if (text === undefined) return false;
  return (equals === undefined || text === equals) && (includes === undefined || text.includes(includes));
};

/** What holds for every system unless its manifest says otherwise. */
const usual = (status: number): ErrorFilter => {
  if (status === 401) return { action: 'refresh', code: 'credentials-refused', say: 'check its user and secret' };
  if (status === 403)
    return { action: 'fail', code: 'right-missing', say: 'the account may not do this; grant it in the system' };
  if (status === 404 || status === 410) return { action: 'fail', code: 'not-found', say: 'what was asked for is not there' };
  if (status === 429) return { action: 'wait', code: 'rate-limited', say: 'it asks for fewer calls; lower its limits' };
  if (status === 408 || status >= 500) return { action: 'retry', code: 'system-failing', say: 'look at its own log' };
  return { action: 'fail', code: 'call-refused', say: 'it does not accept this call' };
};

const retryOf = (action: ErrorFilter['action']): Retry => (action === 'fail' || action === 'refresh' ? 'never' : 'later');

/** What an answer means: the first filter that fits decides, then what is usual. The body never gets into the error. */
export function decided(call: Call, answer: Answer, filters: readonly ErrorFilter[], systemId: string): Verdict {
  const filter = filters.find((one) => fits(one, call, answer));
  const fine = (answer.status >= 200 && answer.status < 300) || call.expect?.includes(answer.status) === true;
  if (filter === undefined && fine) return { action: 'answer', answer };
  const { action, code = 'call-refused', say = 'see the docs of the system' } = filter ?? usual(answer.status);
  if (action === 'ignore') return { action: 'answer', answer };
  if (action === 'absent') return { action: 'answer', answer: { ...answer, status: 404 } };
  const lost = action === 'retry' && call.method !== 'GET' && call.reads !== true;
  if (action === 'resetPage') {
    const say = `${systemId}: the place in this listing is lost; the listing starts again`;
    return { action, error: new FichaError('listing-reset', say, { retry: 'now' }) };
  }
  const error = new FichaError(lost ? 'outcome-unknown' : code, `${systemId}: ${call.method} answered ${answer.status}; ${say}`, {
    retry: retryOf(action),
  });
  return { action, error };
}

/** How long the system asks to wait, in ms, when it says so. */
export function pauseOf(
  { status, headers }: Answer,
  limits: readonly RateLimit[],
  now: () => number = Date.now,
): number | undefined {
  const signal = limits.find((limit) => limit.signal?.status === status)?.signal;
  const text = headers[(signal?.header ?? 'retry-after').toLowerCase()];
  if (text === undefined || text === '') return signal?.pause === undefined ? undefined : durationMs(signal.pause);
  const count = Number(text);
  if (Number.isNaN(count)) {
    const date = Date.parse(text);
    return Number.isNaN(date) ? undefined : Math.max(0, date - now());
  }
  const unit = signal?.unit ?? 's';
  if (unit === 'epoch-s') return Math.max(0, count * 1_000 - now());
  return unit === 'ms' ? count : count * 1_000;
}
