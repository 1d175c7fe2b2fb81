import { FichaError } from '../../domain/record/error.ts';
import type { CursorRule, Listing } from '../../schemas/types.ts';
import type { Cursor } from './contract.ts';
import type { Answer, Call, Send } from './hooks.ts';
import { nextPage, pageScope } from './paging.ts';
import { callOf } from './request-step.ts';
import { latestOf, sinceAfter, sinceText, timeOf } from './since.ts';
import { textAt, valueAt } from './value-path.ts';

/** Where a listing stands. `page` is there in the middle of a run, `since` after a complete one. */
export interface ListCursor extends Cursor {
  readonly page?: string | number;
  readonly since?: string;
  /** The latest value of the cursor field in this run. */
  readonly latest?: string;
  /** Where this run went on after the vendor's listing ended early (`most`), and how many it gave since. */
  readonly from?: string;
  readonly count?: number;
  /** When this run began, ISO. */
  readonly began?: string;
}

export interface ListedPage {
  readonly items: readonly unknown[];
  readonly cursor: ListCursor;
  readonly last: boolean;
  /** The run lists everything, not only what changed. */
  readonly whole: boolean;
}

export interface ListOptions {
  readonly version: number;
  readonly scope: Readonly<Record<string, unknown>>;
  readonly now: () => Date;
}

/** Reads the cursor of this connector. @param where the system and stream, for the message @throws FichaError `cursor-newer` */
export function standing(cursor: Cursor | null, version: number, where = 'the listing'): ListCursor {
  if (cursor !== null && cursor.version > version) {
    throw new FichaError(
      'cursor-newer',
      `${where}: the saved cursor is from a newer version (${cursor.version}) of this connector (${version}); upgrade Ficha, or run a full sync`,
    );
  }
  return cursor === null || cursor.version < version ? { version } : (cursor as ListCursor); // only this module makes them
}

function listedIn(answer: Answer, select: string | undefined): readonly unknown[] {
  if (answer.status === 404) return []; // an error filter said: nothing there
  const found = valueAt(answer.body, select ?? '.');
  if (Array.isArray(found)) return found as readonly unknown[];
  if (found === undefined || found === null) return [];
  throw new FichaError('listing-not-a-list', `an answer holds no list at "${select ?? '.'}"; check \`select\` of the manifest`);
}

const sinceFor = (rule: CursorRule | undefined, { since, from }: ListCursor): string | number | undefined => {
  if (rule === undefined) return undefined;
  if (from !== undefined) return sinceText(from, { ...rule, lookback: '0s' });
  return since === undefined ? rule.start : sinceText(since, rule);
};

/** One page of a listing, from where it stands; a lost place starts the listing again, once. */
async function fetched(list: Listing, send: Send, at: ListCursor, scope: ListOptions['scope']): Promise<Answer> {
  const values = { ...scope, page: pageScope(list.page, at.page), cursor: sinceFor(list.cursor, at) };
  const followed: Call | undefined =
    list.page.kind === 'link' && at.page !== undefined
      ? {
          method: 'GET',
          path: String(at.page),
          link: true,
          reads: true,
          ...(list.headers === undefined ? {} : { headers: list.headers }),
        }
      : undefined;
  return await send(followed ?? { ...callOf({ ...list, reads: true }, values), reads: true });
}

/** Where to go on when the vendor's listing ends after `most` records; a whole listing of one instant can go no further. */
function beyondMost(list: Listing, { from }: ListCursor, latest: string | undefined): string {
  const stuck =
    latest === undefined || (from !== undefined && timeOf(latest, list.cursor?.format) <= timeOf(from, list.cursor?.format));
  if (!stuck) return latest;
  throw new FichaError(
    'listing-stuck',
    `more than ${list.page.most ?? 0} records share one value of "${list.cursor?.field ?? ''}", which is more than the vendor lists; run a full sync`,
  );
}

const known = (cursor: { readonly [Key in keyof ListCursor]: ListCursor[Key] | undefined } & { version: number }): ListCursor =>
  Object.fromEntries(Object.entries(cursor).filter(([, value]) => value !== undefined)) as unknown as ListCursor; // only keys without a value went

/** Pages of one listing, from where the cursor stands. A run in the middle goes on; a finished one lists what changed since. */
export async function* listPages(
  list: Listing,
  send: Send,
  cursor: Cursor | null,
  options: ListOptions,
): AsyncGenerator<ListedPage> {
  let at = standing(cursor, options.version);
  const { version } = options;
  const { since } = at;
  const whole = since === undefined;
  const rule = list.cursor;
  const began = at.began ?? (rule === undefined ? undefined : options.now().toISOString());
  let resets = 0;
  for (;;) {
    let answer: Answer;
    try {
      answer = await fetched(list, send, at, options.scope);
    } catch (error) {
      if (!(error instanceof FichaError) || error.code !== 'listing-reset' || resets > 0 || at.page === undefined) throw error;
      resets += 1;
      at = known({ version, since, latest: at.latest, began });
      continue;
    }
    const items = listedIn(answer, list.select);
    const times = rule === undefined ? [] : items.map((item) => textAt(item, rule.field));
    const latest = latestOf([at.latest, ...times], rule?.format);
    const next = nextPage(list.page, at.page, items, answer);
    const count = (at.count ?? 0) + items.length;
    const ended = list.page.most !== undefined && rule !== undefined && count >= list.page.most;
    if (next === undefined && !ended) {
      const newest = rule === undefined ? undefined : latestOf([since, sinceAfter(latest, began, rule.format)], rule.format);
      yield { items, cursor: known({ version, since: newest }), last: true, whole };
      return;
    }
    at = ended
      ? known({ version, since, began, latest, from: beyondMost(list, at, latest) })
      : known({ version, since, began, latest, from: at.from, page: next, ...(list.page.most === undefined ? {} : { count }) });
    yield { items, cursor: at, last: false, whole };
  }
}
