import type { RequestStep } from '../../schemas/types.ts';
import type { Answer, Call, Send } from './hooks.ts';
import { filledText, filledTexts, filledValue, type Scope } from './template.ts';
import { valueAt } from './value-path.ts';

type Request = Pick<RequestStep, 'request' | 'query' | 'json' | 'form' | 'expect' | 'reads'>;

/** The call that a request of a manifest is, with its placeholders filled in. */
export function callOf({ request, query, json, form, expect, reads }: Request, scope: Scope): Call {
  const [method = 'GET', path = '/'] = request.split(' ');
  return {
    method: method as Call['method'], // the schema lists them
    path: filledText(path, scope, encodeURIComponent),
    query: filledTexts(query, scope),
    ...(json === undefined ? {} : { json: filledValue(json, scope) }),
    ...(form === undefined ? {} : { form: filledTexts(form, scope) }),
    ...(expect === undefined ? {} : { expect }),
    ...(reads === undefined ? {} : { reads }),
  };
}

/** What steps did: the last answer, and the status that ended them early because the record is not there. */
export interface StepsDone {
  readonly answer: Answer | undefined;
  readonly absent: boolean;
}

/** Runs steps in order; each may use what those before it saved. Ends at the first that finds nothing there (404, 410). */
export async function runSteps(steps: readonly RequestStep[], send: Send, scope: Scope): Promise<StepsDone> {
  const saved: Record<string, unknown> = {};
  let answer: Answer | undefined;
  for (const step of steps) {
    const call = callOf(step, { ...scope, saved });
    answer = await send({ ...call, expect: [404, 410, ...(call.expect ?? [])] });
    if (answer.status === 404 || answer.status === 410) return { answer, absent: true };
    for (const [name, path] of Object.entries(step.save ?? {})) saved[name] = valueAt(answer.body, path);
  }
  return { answer, absent: false };
}
