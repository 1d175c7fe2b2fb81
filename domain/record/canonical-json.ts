import canonicalize from 'canonicalize';
import { FichaError } from './error.ts';

/**
 * The one text of a JSON value, whatever the order of its keys (RFC 8785): what is hashed and signed.
 * @throws FichaError `not-json` for what JSON cannot say (undefined, NaN, a function)
 */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new FichaError('not-json', 'only plain JSON can be hashed or signed');
  return text;
}
