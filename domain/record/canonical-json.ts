import { configure } from 'safe-stable-stringify';
import { FichaError } from './error.ts';

const stable = configure({ strict: true, bigint: false, circularValue: Error });

/** Half of a character, as well-formed JSON text escapes it; a backslash before it that is itself escaped makes it plain text. */
const half = /(?<!\\)(?:\\\\)*\\ud[89a-f]/;

/**
 * The one text of a JSON value, whatever the order of its keys (RFC 8785): what is hashed and signed.
 * @throws FichaError `not-json` for what JSON cannot say (undefined, NaN, a function) and for halves of characters
 */
export function canonicalJson(value: unknown): string {
  const text = said(value);
  if (text === undefined || (text.includes('\\u') && half.test(text))) {
    throw new FichaError('not-json', 'only plain JSON can be hashed or signed');
  }
  return text;
}

function said(value: unknown): string | undefined {
  try {
    return stable(value);
  } catch (cause) {
    throw new FichaError('not-json', 'only plain JSON can be hashed or signed', { cause });
  }
}
