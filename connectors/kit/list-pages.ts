import { FichaError } from '../../domain/record/error.ts';
import type { CursorRule, Listing, Paging } from '../../schemas/types.ts';
import type { Cursor } from './contract.ts';
import type { Answer, Call, Send } from './hooks.ts';
import { callOf } from './request-step.ts';
import { textAt, valueAt } from './value-path.ts';

/** Where a listing stands. `page` is there in the middle of a run, `since` after a complete one. */
export interface ListCursor extends Cursor {
  readonly page?: string | number;
  readonly since?: string;
  /** The latest value of the cursor field in this run. */
  readonly latest?: string;
}

export interface ListedPage {
  readonly items: readonly unknown[];
  readonly cursor: ListCursor;
  readonly last: boolean;
  /** The run lists everything, not only what changed. */
  readonly whole: boolean;
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A duration of a manifest (`5m`) in ms. */
export function durationMs(text: string): number {
  const found = /^(\d+)(ms|s|m|h|d)$/.exec(text);
  return found === null ? 0 : Number(found[1]) * (unitMs[found[2] ?? ''] ?? 0);
}

const timeOf = (since: string, format: CursorRule['format']): number =>
  format === 'unix-s' ? Number(since) * 1_000 : format === 'unix-ms' || format === 'number' ? Number(since) : Date.parse(since);

/** `{cursor}` of an incremental run: the latest value of the run before, less the look-back. */
export function sinceText(since: string, { format = 'iso', lookback = '0s' }: CursorRule): string | number {
  const ms = timeOf(since, format) - durationMs(lookback);
  switch (format) {
    case 'iso':
      return new Date(ms).toISOString();
    case 'iso-seconds':
      return `${new Date(ms).toISOString().slice(0, 19)}Z`;
    case 'date':
      return new Date(ms).toISOString().slice(0, 10);
    case 'unix-s':
      return Math.floor(ms / 1_000);
    case 'unix-ms':
    case 'number':
      return ms;
  }
}

const later = (one: string | undefined, other: string | undefined, format: CursorRule['format']): string | undefined => {
  if (one === undefined || other === undefined) return one ?? other;
  return timeOf(other, format) > timeOf(one, format) ? other : one;
};

/** What the placeholders {page.…} say for this page. */
const pageScope = ({ kind, size, first = 1 }: Paging, at: string | number | undefined) => ({
  size,
  number: kind === 'page' ? (at ?? first) : undefined,
  offset: kind === 'offset' ? (at ?? 0) : undefined,
  token: kind === 'cursor' ? at : undefined,
  after: kind === 'keyset' ? at : undefined,
});

const linkOf = (answer: Answer, next: string | undefined): string | undefined =>
  next === undefined ? /<([^>]+)>\s*;[^,]*rel="?next"?/i.exec(answer.headers['link'] ?? '')?.[1] : textAt(answer.body, next);

/** Where the next page is; undefined after the last. A next page that is this one again would never end. */
function nextPage(
  paging: Paging,
  at: string | number | undefined,
  items: readonly unknown[],
  answer: Answer,
): string | number | undefined {
  const { kind, size, first = 1, next, key } = paging;
  const full = items.length > 0 && (size === undefined || items.length >= size);
  switch (kind) {
    case 'none':
      return undefined;
    case 'offset':
      return full ? Number(at ?? 0) + items.length : undefined;
    case 'page':
      return full ? Number(at ?? first) + 1 : undefined;
    case 'keyset': {
      const last = textAt(items.at(-1), key ?? 'id');
      return full && last !== at ? last : undefined;
    }
    case 'cursor': {
      const token = textAt(answer.body, next ?? 'next');
      return token === undefined || token === '' || token === at ? undefined : token;
    }
    case 'link': {
      const link = linkOf(answer, next);
      return link === undefined || link === '' || link === at ? undefined : link;
    }
  }
}

/** Reads the cursor of this connector. @throws FichaError `cursor-newer` */
function standing(cursor: Cursor | null, version: number): ListCursor {
  if (cursor !== null && cursor.version > version) {
    throw new FichaError(
      'cursor-newer',
      'the saved cursor is from a newer version of this connector; upgrade Ficha, or run a full sync',
    );
  }
  return cursor === null || cursor.version < version ? { version } : (cursor as ListCursor); // only this module makes them
}

/** Pages of one listing, from where the cursor stands. A run in the middle goes on; a finished one lists what changed since. */
export async function* listPages(
  list: Listing,
  send: Send,
  cursor: Cursor | null,
  options: { readonly version: number; readonly scope: Readonly<Record<string, unknown>> },
): AsyncGenerator<ListedPage> {
  const start = standing(cursor, options.version);
  const { since } = start;
  const rule = list.cursor;
  let { page: at, latest } = start;
  for (;;) {
    const scope = {
      ...options.scope,
      page: pageScope(list.page, at),
      cursor: rule === undefined ? undefined : since === undefined ? rule.start : sinceText(since, rule),
    };
    const followed: Call | undefined =
      list.page.kind === 'link' && at !== undefined ? { method: 'GET', path: String(at) } : undefined;
    const answer = await send(followed ?? { ...callOf({ ...list, reads: true }, scope), reads: true });
    const found = valueAt(answer.body, list.select ?? '.');
    const items = Array.isArray(found) ? (found as readonly unknown[]) : [];
    if (!Array.isArray(found) && found !== undefined && found !== null) {
      throw new FichaError(
        'listing-not-a-list',
        `an answer holds no list at "${list.select ?? '.'}"; check \`select\` of the manifest`,
      );
    }
    if (rule !== undefined) for (const item of items) latest = later(latest, textAt(item, rule.field), rule.format);
    const next = nextPage(list.page, at, items, answer);
    const kept = {
      version: options.version,
      ...(since === undefined ? {} : { since }),
      ...(latest === undefined ? {} : { latest }),
    };
    const whole = since === undefined;
    if (next === undefined) {
      const newest = rule === undefined ? undefined : later(since, latest, rule.format);
      yield {
        items,
        cursor: { version: options.version, ...(newest === undefined ? {} : { since: newest }) },
        last: true,
        whole,
      };
      return;
    }
    yield { items, cursor: { ...kept, page: next }, last: false, whole };
    at = next;
  }
}
