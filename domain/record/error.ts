/** When trying the same again can help. */
export type Retry = 'now' | 'later' | 'never';

/**
 * The one family of errors that Ficha throws. `code` is for machines, the message says what, where and the way out.
 * Neither holds personal data: ids and field names, never values (rule 9).
 */
export class FichaError extends Error {
  readonly code: string;
  readonly retry: Retry;

  constructor(code: string, say: string, options: { readonly retry?: Retry; readonly cause?: unknown } = {}) {
    super(`${code}: ${say}`, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'FichaError';
    this.code = code;
    this.retry = options.retry ?? 'never';
  }
}
