import { setImmediate as breath } from 'node:timers/promises';
import { FichaError } from '../../domain/record/error.ts';
import type { ConnectorManifest, Listing, ManifestEntity, TombstoneListing } from '../../schemas/types.ts';
import type { Cursor, PullPage, RecordRef } from './contract.ts';
import type { HookContext, Hooks } from './hooks.ts';
import { type ListCursor, type ListedPage, listPages, standing } from './list-pages.ts';
import { kindsOf } from './entity-kinds.ts';
import { isLeftOut } from './left-out.ts';
import { type Drafted, draftsOfPage } from './record-drafts.ts';
import { externalIdOf } from './record-id.ts';
import { draftsOfListed } from './redraft.ts';
import { textAt, valueAt } from './value-path.ts';

/** After the listing: the records that the system lists as gone. `page` is the place in that listing, `sinceBefore` what the run listed from. */
interface GoneCursor extends ListCursor {
  readonly part: 'gone';
  readonly sinceBefore?: string;
  readonly whole: boolean;
}

const isGoneCursor = (cursor: ListCursor): cursor is GoneCursor => cursor['part'] === 'gone';

/** After so many records whatever waits has its turn: a large page holds nothing up. */
const recordsAtOnce = 50;

async function pageOf(
  manifest: ConnectorManifest,
  hooks: Hooks,
  context: HookContext,
  stream: string,
  { items, cursor, last, whole }: ListedPage,
): Promise<PullPage> {
  const all: Drafted[] = [];
  for (const [place, raw] of items.entries()) {
    if (place % recordsAtOnce === recordsAtOnce - 1) await breath();
    all.push(draftsOfListed(manifest, hooks, context, stream, raw));
  }
  return { ...draftsOfPage(all), cursor, last, ...(last && whole ? { complete: true } : {}) };
}

/** The listing of this run: what changed, when the vendor has another request for it, else all. */
function listingFor({ list, changes }: ManifestEntity, { since }: ListCursor): Listing | undefined {
  return since === undefined ? list : (changes ?? list);
}

const isGone = ({ where }: TombstoneListing, item: unknown): boolean =>
  where === undefined || where.values.some((one) => one === valueAt(item, where.path));

/** Whether there is something to ask: a run that lists everything has no time since when something went. */
const isAsked = ({ cursor }: TombstoneListing, whole: boolean): boolean =>
  !whole || cursor === undefined || cursor.start !== undefined;

/** Refs of what the vendor lists as gone, page by page; the cursor of the run before stands until the last. */
async function* pulledGone(
  manifest: ConnectorManifest,
  context: HookContext,
  stream: string,
  start: GoneCursor,
): AsyncGenerator<PullPage> {
  const entity = manifest.entities[stream];
  const rule = entity?.tombstones;
  if (rule === undefined || entity === undefined) return;
  const [kind] = kindsOf(stream, entity);
  const { version, since, sinceBefore, whole } = start;
  const scope = { config: context.config };
  const inner = {
    version,
    ...(sinceBefore === undefined ? {} : { since: sinceBefore }),
    ...(start.page === undefined ? {} : { page: start.page }),
  };
  for await (const { items, cursor, last } of listPages(rule, context.send, inner, { version, scope, now: context.now })) {
    const deleted = items.flatMap((item): RecordRef[] => {
      if (!isGone(rule, item)) return [];
      const id = textAt(item, rule.id);
      return id === undefined || kind === undefined ? [] : [{ kind, externalId: externalIdOf(entity, id) }];
    });
    const kept = since === undefined ? { version } : { version, since };
    const next: Cursor = last ? kept : { ...start, ...(cursor.page === undefined ? {} : { page: cursor.page }) };
    yield { records: [], rejected: [], deleted, cursor: next, last, ...(last && whole ? { complete: true } : {}) };
  }
}

/** Pages of one stream, by hook or manifest; after the records those that the system lists as gone. */
export async function* pullStream(
  manifest: ConnectorManifest,
  hooks: Hooks,
  context: HookContext,
  stream: string,
  cursor: Cursor | null,
): AsyncGenerator<PullPage> {
  const start = standing(cursor, manifest.version, `${context.systemId}, stream ${stream}`);
  const listed = hooks.listPages?.(stream, cursor, context);
  if (listed !== undefined) {
    yield* listed;
    return;
  }
  const entity = manifest.entities[stream];
  const list = entity === undefined ? undefined : listingFor(entity, start);
  if (entity !== undefined && (entity.list === undefined || isLeftOut(entity, context.config))) {
    // its records come by webhook, or not at all: there is nothing to ask for, and what is not listed is not gone
    yield { records: [], rejected: [], deleted: [], cursor: { version: manifest.version }, last: true };
    return;
  }
  if (entity === undefined || list === undefined)
    throw new FichaError('stream-unknown', `${context.systemId}: ${manifest.name} has no stream "${stream}"`);
  if (isGoneCursor(start)) {
    yield* pulledGone(manifest, context, stream, start);
    return;
  }
  const options = { version: manifest.version, scope: { config: context.config }, now: context.now };
  for await (const page of listPages(list, context.send, cursor, options)) {
    const pulled = await pageOf(manifest, hooks, context, stream, page);
    if (!page.last || entity.tombstones === undefined || !isAsked(entity.tombstones, page.whole)) {
      yield pulled;
      continue;
    }
    const sinceBefore = start.since;
    const gone: GoneCursor = {
      ...page.cursor,
      part: 'gone',
      whole: page.whole,
      ...(sinceBefore === undefined ? {} : { sinceBefore }),
    };
    const { records, rejected, deleted } = pulled;
    yield { records, rejected, deleted, cursor: gone, last: false };
    yield* pulledGone(manifest, context, stream, gone);
  }
}
