import type { Paging } from '../../schemas/types.ts';
import type { Answer } from './hooks.ts';
import { textAt, valueAt } from './value-path.ts';

type Place = string | number | undefined;

/** What the placeholders {page.…} say for the page at this place. */
export function pageScope({ kind, size, first, firstKey }: Paging, at: Place): Readonly<Record<string, unknown>> {
  const from = Number(at ?? first ?? 0);
  return {
    size,
    number: kind === 'page' ? (at ?? first ?? 1) : undefined,
    offset: kind === 'offset' ? (at ?? 0) : undefined,
    token: kind === 'cursor' || kind === 'scroll' ? at : undefined,
    after: kind === 'keyset' ? (at ?? firstKey ?? first) : undefined,
    from: kind === 'range' ? from : undefined,
    to: kind === 'range' ? from + (size ?? 100) - 1 : undefined,
  };
}

const linkOf = (answer: Answer, next: string | undefined): string | undefined =>
  next === undefined ? /<([^>]+)>\s*;[^,]*rel="?next"?/i.exec(answer.headers['link'] ?? '')?.[1] : textAt(answer.body, next);

/** The number of rows after the slash of a Content-Range, when it says one. */
const rowsOf = ({ headers }: Answer): number | undefined => {
  const total = /\/(\d+)\s*$/.exec(headers['content-range'] ?? '')?.[1];
  return total === undefined ? undefined : Number(total);
};

const another = (token: string | undefined, at: Place): string | undefined =>
  token === undefined || token === '' || token === at ? undefined : token;

/** Where the next page is; undefined after the last. A next page that is this one again would never end. */
export function nextPage(paging: Paging, at: Place, items: readonly unknown[], answer: Answer): Place {
  const { kind, size, first, next, key, more, end, overlap = 0 } = paging;
  if (end !== undefined && valueAt(answer.body, end) === true) return undefined;
  if (more !== undefined && valueAt(answer.body, more) !== true) return undefined;
  const full = items.length > 0 && (more !== undefined || size === undefined || items.length >= size);
  switch (kind) {
    case 'none':
      return undefined;
    case 'offset':
      return full ? Number(at ?? 0) + Math.max(1, items.length - overlap) : undefined;
    case 'page':
      return full ? Number(at ?? first ?? 1) + 1 : undefined;
    case 'range': {
      const place = Number(at ?? first ?? 0) + items.length;
      const rows = rowsOf(answer);
      return items.length > 0 && (rows === undefined ? full : place < rows + (first ?? 0)) ? place : undefined;
    }
    case 'keyset': {
      const last = textAt(items.at(-1), key ?? 'id');
      return full && last !== String(at) ? last : undefined;
    }
    case 'cursor':
      return another(textAt(answer.body, next ?? 'next'), at);
    case 'scroll': {
      // the same token may go on; only an empty page ends it
      const token = textAt(answer.body, next ?? 'scroll_param') ?? (at === undefined ? undefined : String(at));
      return items.length === 0 ? undefined : token;
    }
    case 'link':
      return another(linkOf(answer, next), at);
  }
}
