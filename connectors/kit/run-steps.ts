import { setTimeout as wait } from 'node:timers/promises';
import { FichaError } from '../../domain/record/error.ts';
import type { RequestStep } from '../../schemas/types.ts';
import { durationMs } from './duration.ts';
import type { Answer, Send } from './hooks.ts';
import { nextPage, pageScope } from './paging.ts';
import { callOf } from './request-step.ts';
import { placeholdersOf, type Scope } from './template.ts';
import { textAt, valueAt } from './value-path.ts';

const mostItems = 10_000;
const mostPages = 1_000;

/** What steps did. */
export interface StepsDone {
  /** Of the last call. */
  readonly answer: Answer | undefined;
  /** A step found nothing there (404, 410) and ended them. */
  readonly absent: boolean;
  /** A job of the vendor goes on; `verify` tells later. */
  readonly pending: boolean;
  /** The vendor says that its job failed. */
  readonly failed: boolean;
  readonly saved: Scope;
}

interface Run {
  readonly send: Send;
  readonly scope: Scope;
  readonly saved: Record<string, unknown>;
  readonly signal: AbortSignal;
  readonly expect: readonly number[];
}

const isGone = ({ status }: Answer): boolean => status === 404 || status === 410;

const texts = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : [];
};

/** Whether a step waits for something that no step before it could save, since what it asked for was not there. */
const needsMissing = (step: RequestStep, scope: Scope): boolean =>
  texts([step.request, step.query, step.json, step.form]).some((text) =>
    placeholdersOf(text).some((name) => name.startsWith('saved.') && valueAt(scope, name) === undefined),
  );

/** Whether the `when` of a step, or of what a step leaves behind, holds. */
export function holds({ when }: Pick<RequestStep, 'when'>, scope: Scope): boolean {
  if (when === undefined) return true;
  const value = valueAt(scope, when.path) ?? null;
  if (when.values !== undefined && !when.values.some((one) => one === value)) return false;
  return when.not === undefined || !when.not.some((one) => one === value);
}

/** Everything that a listing step lists, over its pages. @throws FichaError `too-many-items` */
async function collected(step: RequestStep, run: Run, scope: Scope): Promise<readonly unknown[]> {
  const items: unknown[] = [];
  const page = step.page ?? { kind: 'none' as const };
  let at: string | number | undefined;
  for (let count = 0; count < mostPages && items.length < mostItems; count += 1) {
    const link = page.kind === 'link' && at !== undefined;
    const call = link
      ? { method: 'GET' as const, path: String(at), link: true }
      : callOf(step, { ...scope, page: pageScope(page, at) });
    const answer = await run.send({ ...call, reads: true, expect: [404, 410, ...(call.expect ?? [])] });
    if (isGone(answer)) return items;
    const found = valueAt(answer.body, step.select ?? '.');
    const listed: readonly unknown[] = Array.isArray(found) ? found : [];
    items.push(
      ...listed.filter((item) => Object.entries(step.where ?? {}).every(([path, value]) => valueAt(item, path) === value)),
    );
    at = nextPage(page, at, listed, answer);
    if (at === undefined) return items;
  }
  throw new FichaError(
    'too-many-items',
    `one person has more than ${mostItems} records behind one step; erase them in the system`,
  );
}

type Polled = { readonly answer: Answer; readonly state: 'reached' | 'failed' | 'pending' };

/** Asks again until the vendor's job is where it should be, or the time is up. */
async function polled(step: RequestStep, run: Run, scope: Scope): Promise<Polled> {
  const { path, values, failed = [], every = '2s', atMost = '20s' } = step.until ?? { path: '.', values: [] };
  const end = performance.now() + durationMs(atMost);
  for (;;) {
    const answer = await run.send({ ...callOf(step, scope), reads: true, expect: [404, 410] });
    const value = valueAt(answer.body, path) ?? null;
    if (values.some((one) => one === value)) return { answer, state: 'reached' };
    if (failed.some((one) => one === value)) return { answer, state: 'failed' };
    if (performance.now() + durationMs(every) > end) return { answer, state: 'pending' };
    await wait(durationMs(every), undefined, { signal: run.signal });
  }
}

async function called(step: RequestStep, run: Run, scope: Scope): Promise<Answer | undefined> {
  if (!holds(step, scope)) return undefined;
  const call = callOf(step, scope);
  const answer = await run.send({ ...call, expect: [404, 410, ...run.expect, ...(call.expect ?? [])] });
  for (const [name, path] of Object.entries(isGone(answer) ? {} : (step.save ?? {})))
    run.saved[name] = valueAt(answer.body, path);
  return answer;
}

const itemsOf = (step: RequestStep, scope: Scope): readonly unknown[] => {
  if (step.each === undefined) return [undefined];
  const found = valueAt(scope, step.each);
  if (found === undefined || found === null || found === '') return [];
  const items: readonly unknown[] = Array.isArray(found) ? found : [found];
  if (items.length > mostItems) throw new FichaError('too-many-items', `a step would make more than ${mostItems} calls`);
  return items;
};

/**
 * Runs steps in order; each may use what those before it saved or collected. What is not there (404, 410) ends them, or is passed over
 * (`onAbsent`, and the step's own `absent`): erasing what is gone goes on to what is not.
 */
export async function runSteps(
  steps: readonly RequestStep[],
  send: Send,
  scope: Scope,
  options: { readonly onAbsent?: 'end' | 'continue'; readonly signal?: AbortSignal; readonly expect?: readonly number[] } = {},
): Promise<StepsDone> {
  const { onAbsent = 'end', signal = new AbortController().signal, expect = [] } = options;
  const run: Run = { send, scope, saved: {}, signal, expect };
  let answer: Answer | undefined;
  const done = (ends: Partial<StepsDone>): StepsDone => ({
    answer,
    absent: false,
    pending: false,
    failed: false,
    saved: run.saved,
    ...ends,
  });
  for (const step of steps) {
    const here = { ...scope, saved: run.saved };
    if (needsMissing(step, here)) continue;
    if (step.collect !== undefined) {
      run.saved[step.collect] = holds(step, here) ? await collected(step, run, here) : [];
      continue;
    }
    if (step.until !== undefined) {
      const { answer: last, state } = await polled(step, run, here);
      answer = last;
      if (state !== 'reached') return done({ pending: state === 'pending', failed: state === 'failed' });
      continue;
    }
    for (const item of itemsOf(step, here)) {
      const said = await called(step, run, step.each === undefined ? here : { ...here, item });
      if (said === undefined) continue;
      answer = said;
      if (run.expect.includes(said.status)) return done({});
      if (isGone(said) && (step.absent ?? (step.each === undefined ? onAbsent : 'continue')) === 'end')
        return done({ absent: true });
    }
  }
  return done({});
}

/** The identity of the vendor's request, when it says one, to name it to the vendor's support. */
export const requestIdOf = ({ headers, body }: Answer): string | undefined =>
  headers['x-request-id'] ?? headers['x-trace'] ?? headers['request-id'] ?? textAt(body, 'correlationId');
