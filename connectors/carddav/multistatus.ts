import { SaxesParser } from 'saxes';
import { FichaError } from '../../domain/record/error.ts';

/** One resource of an answer 207. */
export interface DavResponse {
  readonly href: string;
  /** 404 says that it is gone. */
  readonly status: number;
  readonly etag: string | undefined;
  readonly card: string | undefined;
}

export interface Multistatus {
  readonly responses: readonly DavResponse[];
  readonly syncToken: string | undefined;
  /** Local names of all elements: which kinds and reports a collection has. */
  readonly elements: ReadonlySet<string>;
}

const statusOf = (line: string): number => Number(/\s(\d{3})(?:\s|$)/.exec(line)?.[1] ?? 200);

/**
 * Reads an answer of RFC 4918, section 13. A document type, and so any entity of its own, is refused.
 * @throws FichaError `unexpected-answer`
 */
export function multistatus(text: unknown): Multistatus {
  const responses: DavResponse[] = [];
  const elements = new Set<string>();
  const path: string[] = [];
  let words = '';
  let syncToken: string | undefined;
  let found: Record<string, string> = {};
  const parser = new SaxesParser({ xmlns: true });
  const unreadable = (cause?: unknown): FichaError =>
    new FichaError('unexpected-answer', 'the answer is no multistatus of WebDAV; is the address that of an address book?', {
      retry: 'later',
      ...(cause === undefined ? {} : { cause }),
    });
  parser.on('doctype', () => {
    throw unreadable();
  });
  parser.on('error', (cause) => {
    throw unreadable(cause);
  });
  parser.on('opentag', ({ local }) => {
    path.push(local);
    elements.add(local);
    words = '';
    if (local === 'response') found = {};
  });
  const add = (more: string): void => {
    words += more;
  };
  parser.on('text', add);
  parser.on('cdata', add);
  parser.on('closetag', ({ local }) => {
    path.pop();
    const parent = path.at(-1);
    if (local === 'sync-token' && parent === 'multistatus') syncToken = words.trim();
    if (parent === 'response' && (local === 'href' || local === 'status')) found[local] = words.trim();
    if (parent === 'prop') found[local] = words;
    if (local !== 'response') return;
    const { href = '', status = '', getetag, 'address-data': card } = found;
    responses.push({ href, status: statusOf(status), etag: getetag?.trim(), card });
  });
  if (typeof text !== 'string' || !text.includes('multistatus')) throw unreadable();
  parser.write(text).close();
  return { responses, syncToken, elements };
}
