import type { RequestStep } from '../../schemas/types.ts';
import type { Call } from './hooks.ts';
import { isReading, isStatement, statementOf } from './sql/statement.ts';
import { filledText, filledTexts, filledValue, type Scope } from './template.ts';

type Request = Pick<RequestStep, 'request' | 'query' | 'json' | 'form' | 'headers' | 'expect' | 'reads' | 'cost'>;

/** The call that a request of a manifest is, with its placeholders filled in. */
export function callOf({ request, query, json, form, headers, expect, reads, cost }: Request, scope: Scope): Call {
  if (isStatement(request)) {
    const method = isReading(request) ? 'GET' : 'POST';
    return {
      method,
      path: '/',
      statement: statementOf(request, scope),
      ...(expect === undefined ? {} : { expect }),
      ...(cost === undefined ? {} : { cost }),
    };
  }
  const [method = 'GET', path = '/'] = request.split(' ');
  return {
    method: method as Call['method'], // the schema lists them
    path: filledText(path, scope, encodeURIComponent),
    template: path,
    query: filledTexts(query, scope),
    ...(json === undefined ? {} : { json: filledValue(json, scope) }),
    ...(form === undefined ? {} : { form: filledTexts(form, scope) }),
    ...(headers === undefined ? {} : { headers: filledTexts(headers, scope) }),
    ...(expect === undefined ? {} : { expect }),
    ...(reads === undefined ? {} : { reads }),
    ...(cost === undefined ? {} : { cost }),
  };
}
