import type { TwinClock } from '../kit/twin-clock.ts';

/** The longest piece of text that Notion takes. */
const longestPiece = 2_000;

export interface NotionBlock {
  readonly id: string;
  readonly type: string;
  text: string;
}

export interface NotionPage {
  readonly id: string;
  readonly created_time: string;
  last_edited_time: string;
  in_trash: boolean;
  properties: Record<string, unknown>;
  blocks: NotionBlock[];
  /** Blocks that were deleted, as they were then: in the trash too. */
  readonly trashedBlocks: NotionBlock[];
}

export interface NotionState {
  nextId: number;
  readonly pages: Map<string, NotionPage>;
  /** Writes that answer OK and change nothing, so many. */
  deaf: number;
}

export const emptyState = (): NotionState => ({ nextId: 1, pages: new Map(), deaf: 0 });

/** Notion cuts its times to the minute. */
const minute = (clock: TwinClock): string => `${clock.stamp().slice(0, 16)}:00.000Z`;

const uuid = (count: number): string => `0193a000-0000-7000-8000-${String(count).padStart(12, '0')}`;

const text = (content: string) => ({ type: 'text', text: { content }, plain_text: content });

/** A title in two pieces, as it is when a part of it is bold. */
export const titleOf = (...pieces: readonly string[]) => ({ type: 'title', title: pieces.map(text) });

interface WrittenPiece {
  readonly text?: { readonly content: string };
}

const piecesIn = (property: unknown): readonly WrittenPiece[] | undefined => {
  const { title, rich_text: rich } = (property ?? {}) as Readonly<Record<string, readonly WrittenPiece[] | undefined>>;
  return title ?? rich;
};

export const isTooLong = (property: unknown): boolean =>
  (piecesIn(property) ?? []).some(({ text: piece }) => (piece?.content.length ?? 0) > longestPiece);

/** A property as Notion shows what was written: each piece with its plain text. */
export function shownProperty(property: unknown): unknown {
  const pieces = piecesIn(property)?.map((piece) => (piece.text === undefined ? piece : text(piece.text.content)));
  if (pieces === undefined) return property;
  return (property as { readonly title?: unknown }).title === undefined
    ? { type: 'rich_text', rich_text: pieces }
    : { type: 'title', title: pieces };
}

/** Formatted text in two pieces. */
export const richTextOf = (...pieces: readonly string[]) => ({ type: 'rich_text', rich_text: pieces.map(text) });

export function addPage(state: NotionState, clock: TwinClock, properties: Readonly<Record<string, unknown>>): string {
  const id = uuid(state.nextId);
  state.nextId += 1;
  const at = minute(clock);
  state.pages.set(id, {
    id,
    created_time: at,
    last_edited_time: at,
    in_trash: false,
    properties: { ...properties },
    blocks: [],
    trashedBlocks: [],
  });
  return id;
}

export function changePage(clock: TwinClock, page: NotionPage, properties: Readonly<Record<string, unknown>>): void {
  page.properties = { ...page.properties, ...properties };
  page.last_edited_time = minute(clock);
}

export function addBlock(state: NotionState, page: NotionPage, type: string, content: string): void {
  page.blocks.push({ id: uuid(state.nextId), type, text: content });
  state.nextId += 1;
}
