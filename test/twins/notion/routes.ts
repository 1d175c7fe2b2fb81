import type { TwinAnswer } from '../kit/twin.ts';
import type { TwinClock } from '../kit/twin-clock.ts';
import type { Handler, VendorRequest } from '../kit/twin-http.ts';
import { changePage, isTooLong, type NotionBlock, type NotionPage, type NotionState, shownProperty } from './store.ts';

export interface NotionContext {
  readonly state: NotionState;
  readonly clock: TwinClock;
  note(verb: string, subject: string): void;
  readonly emit: (type: string, pageId: string) => void;
}

const failure = (status: number, code: string, message = code): TwinAnswer => ({
  status,
  body: { object: 'error', status, code, message },
});
const tooLong = 'body failed validation: body.properties.….rich_text[0].text.content.length should be ≤ `2000`';
const notFound = failure(404, 'object_not_found');

const shown = ({ blocks: _blocks, trashedBlocks: _trashed, ...page }: NotionPage): unknown => ({ object: 'page', ...page });

interface Filter {
  readonly last_edited_time?: { readonly on_or_after: string };
  readonly property?: string;
  readonly email?: { readonly equals: string };
}

function isIn(page: NotionPage, { last_edited_time: edited, property, email }: Filter): boolean {
  if (edited !== undefined) return Date.parse(page.last_edited_time) >= Date.parse(edited.on_or_after);
  const has = (page.properties[property ?? ''] as { readonly email?: unknown } | undefined)?.email;
  return typeof has === 'string' && has.toLowerCase() === email?.equals.toLowerCase();
}

/** One page of a list: what comes after the id that the cursor names. */
function pageOf<Item extends { readonly id: string }>(all: readonly Item[], cursor: string | undefined, size: number) {
  const rest = all.filter(({ id }) => id > (cursor ?? ''));
  const results = rest.slice(0, size);
  const more = rest.length > size;
  return { object: 'list', results, has_more: more, next_cursor: more ? (results.at(-1)?.id ?? null) : null };
}

function query({ state }: NotionContext, { body }: VendorRequest): TwinAnswer {
  const {
    page_size: size = 100,
    start_cursor: cursor,
    filter = {},
  } = body as {
    readonly page_size?: number;
    readonly start_cursor?: string;
    readonly filter?: Filter;
  };
  if (size > 100) return failure(400, 'validation_error');
  const found = [...state.pages.values()].filter((page) => !page.in_trash && isIn(page, filter));
  const { results, ...rest } = pageOf(found, cursor, size);
  return { status: 200, body: { ...rest, results: results.map(shown) } };
}

function patchPage({ state, clock, note, emit }: NotionContext, page: NotionPage, body: VendorRequest['body']): TwinAnswer {
  if (page.in_trash && body['in_trash'] !== false) return failure(400, 'validation_error');
  if (state.deaf > 0) {
    state.deaf -= 1;
    return { status: 200, body: shown(page) };
  }
  const written = Object.entries((body['properties'] ?? {}) as Readonly<Record<string, unknown>>);
  if (written.some(([, property]) => isTooLong(property))) return failure(400, 'validation_error', tooLong);
  changePage(clock, page, Object.fromEntries(written.map(([name, property]) => [name, shownProperty(property)])));
  if (body['in_trash'] === true) page.in_trash = true;
  note(body['in_trash'] === true ? 'trash' : 'patch', page.id);
  emit(body['in_trash'] === true ? 'page.deleted' : 'page.properties_updated', page.id);
  return { status: 200, body: shown(page) };
}

/** A data source, its pages, and the blocks of a page. */
export function notionRoutes(context: NotionContext): Readonly<Record<string, Handler>> {
  const { state, note } = context;
  const onPage =
    (run: (page: NotionPage, request: VendorRequest) => TwinAnswer): Handler =>
    (request) => {
      const page = state.pages.get(request.params['id'] ?? '');
      return page === undefined ? notFound : run(page, request);
    };
  const onBlock =
    (run: (page: NotionPage, block: NotionBlock) => void): Handler =>
    ({ params }) => {
      for (const page of state.pages.values()) {
        const block = page.blocks.find(({ id }) => id === params['id']);
        if (block === undefined) continue;
        run(page, block);
        note('block', block.id);
        return { status: 200, body: { object: 'block', id: block.id } };
      }
      return notFound;
    };
  return {
    'GET /v1/users/me': () => ({ status: 200, body: { object: 'user', id: 'bot-of-ficha', type: 'bot' } }),
    'GET /v1/data_sources/{id}': () => ({ status: 200, body: { object: 'data_source' } }),
    'POST /v1/data_sources/{id}/query': (request) => query(context, request),
    'GET /v1/pages/{id}': onPage((page) => ({ status: 200, body: shown(page) })),
    'PATCH /v1/pages/{id}': onPage((page, { body }) => patchPage(context, page, body)),
    'GET /v1/blocks/{id}/children': onPage((page, { query: asked }) => ({
      status: 200,
      body: pageOf(page.blocks, asked.get('start_cursor') ?? undefined, Number(asked.get('page_size') ?? 100)),
    })),
    'PATCH /v1/blocks/{id}': onBlock((_, block) => {
      block.text = '';
    }),
    'DELETE /v1/blocks/{id}': onBlock((page, block) => {
      page.blocks = page.blocks.filter((one) => one !== block);
      page.trashedBlocks.push(block);
    }),
  };
}
