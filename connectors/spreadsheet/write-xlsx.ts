import { StringDecoder } from 'node:string_decoder';
import { posix } from 'node:path';
import { FichaError } from '../../domain/record/error.ts';
import type { RowChange } from './row.ts';
import { rowNumberOf, SheetCells } from './sheet-cells.ts';
import { attributeOf, piecesOf, tagOf, xmlPieces } from './xml-elements.ts';
import { sheetsOf } from './xlsx.ts';
import { ZipCopy } from './zip-copy.ts';
import { entryStream, readDirectory, type ZipDirectory } from './zip-directory.ts';

/** A workbook that is being written again, entry by entry. */
interface Work {
  readonly path: string;
  readonly directory: ZipDirectory;
  readonly copy: ZipCopy;
  /** Entries that are written or left out already. */
  readonly done: Set<string>;
}

type Rewrite = (element: string) => string;

async function* textOf({ path, directory }: Pick<Work, 'path' | 'directory'>, entry: string): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  for await (const chunk of (await entryStream(path, directory, entry)) as AsyncIterable<Buffer>) yield decoder.write(chunk);
  yield decoder.end();
}

/** Writes an entry with its elements of some names changed; the rest stays as it is, byte for byte. */
async function rewritten(work: Work, entry: string, elements: Readonly<Record<string, Rewrite>>): Promise<void> {
  if (!work.directory.entries.has(entry) || work.done.has(entry)) return;
  work.done.add(entry);
  const pieces = xmlPieces(textOf(work, entry), Object.keys(elements));
  const changed = async function* (): AsyncGenerator<string> {
    for await (const { name, text } of pieces) yield name === undefined ? text : (elements[name]?.(text) ?? text);
  };
  await work.copy.write(entry, changed());
}

const relationshipsOf = (entry: string): string => posix.join(posix.dirname(entry), '_rels', `${posix.basename(entry)}.rels`);

/** Links of cells; those that are emptied lose theirs, and what they led to. @returns ids of relationships that nobody leads by now */
function withoutLinks(links: string, emptied: ReadonlySet<number>, unled: Set<string>): string {
  const kept = new Set<string>();
  let count = 0;
  const children = piecesOf(links.slice(tagOf(links).length), 'hyperlink').map(({ name, text }) => {
    if (name === undefined) return text;
    const id = attributeOf(text, '(?:[\\w.-]+:)?id');
    if (emptied.has(rowNumberOf(attributeOf(text, 'ref') ?? ''))) {
      if (id !== undefined) unled.add(id);
      return '';
    }
    count += 1;
    if (id !== undefined) kept.add(id);
    return text;
  });
  for (const id of kept) unled.delete(id);
  return count === 0 ? '' : tagOf(links) + children.join('');
}

/** Notes, their boxes and threads of the cells that are emptied, in the entries that belong to the sheet. */
async function withoutNotes(work: Work, sheet: string, emptied: ReadonlySet<number>, unled: ReadonlySet<string>): Promise<void> {
  const relationships = relationshipsOf(sheet);
  if (!work.directory.entries.has(relationships)) return;
  const targets: string[] = [];
  await rewritten(work, relationships, {
    Relationship: (one) => {
      if (unled.has(attributeOf(one, 'Id') ?? '')) return '';
      targets.push(attributeOf(one, 'Target') ?? '');
      return one;
    },
  });
  const isEmptied = (element: string): boolean => emptied.has(rowNumberOf(attributeOf(element, 'ref') ?? ''));
  const boxOf = (shape: string): number => Number(/<(?:[\w.-]+:)?Row>\s*(\d+)\s*</.exec(shape)?.[1] ?? -1) + 1;
  for (const target of targets) {
    const entry = target.startsWith('/') ? target.slice(1) : posix.join(posix.dirname(sheet), target);
    if (/\/comments[^/]*\.xml$/.test(entry)) await rewritten(work, entry, { comment: (one) => (isEmptied(one) ? '' : one) });
    if (/\/threadedComments\//.test(entry))
      await rewritten(work, entry, { threadedComment: (one) => (isEmptied(one) ? '' : one) });
    if (entry.endsWith('.vml')) await rewritten(work, entry, { shape: (one) => (emptied.has(boxOf(one)) ? '' : one) });
  }
}

/** Writes the rows of one sheet. */
async function writeSheet(work: Work, entry: string, changes: readonly RowChange[], cells: SheetCells): Promise<void> {
  const sets = new Map<number, Map<number, string>>();
  const emptied = new Set<number>();
  for (const { number, set } of changes) {
    if (set === undefined) emptied.add(number);
    else sets.set(number, new Map([...(sets.get(number) ?? []), ...set]));
  }
  const unled = new Set<string>();
  let number = 0;
  await rewritten(work, entry, {
    row: (row) => {
      number = Number(attributeOf(row, 'r') ?? number + 1);
      if (emptied.has(number)) return cells.emptied(row, number);
      const set = sets.get(number);
      return set === undefined ? cells.stays(row, number) : cells.changed(row, number, set);
    },
    hyperlinks: (links) => withoutLinks(links, emptied, unled),
  });
  if (emptied.size > 0) await withoutNotes(work, entry, emptied, unled);
}

/** Texts that only cells which are gone pointed to are emptied; the others keep their places. */
async function writeSharedTexts(work: Work, others: readonly string[], cells: SheetCells): Promise<void> {
  for (const entry of others) {
    for await (const { name, text } of xmlPieces(textOf(work, entry), ['row'])) if (name === 'row') cells.stays(text, 0);
  }
  const left = new Set([...cells.dropped].filter((place) => !cells.kept.has(place)));
  if (left.size === 0) return;
  let place = -1;
  await rewritten(work, 'xl/sharedStrings.xml', {
    si: (text) => {
      place += 1;
      const prefix = /^<([\w.-]+:)?si/.exec(text)?.[1] ?? '';
      return left.has(place) ? `<${prefix}si><${prefix}t></${prefix}t></${prefix}si>` : text;
    },
  });
}

/** The order in which formulas are reckoned names cells; an office program makes it anew where it is not there. @see ECMA-376 part 1, 18.6 */
async function withoutOrder(work: Work): Promise<void> {
  if (!work.directory.entries.has('xl/calcChain.xml')) return;
  work.done.add('xl/calcChain.xml');
  await rewritten(work, '[Content_Types].xml', { Override: (one) => (/calcChain\.xml/.test(one) ? '' : one) });
  await rewritten(work, 'xl/_rels/workbook.xml.rels', { Relationship: (one) => (/calcChain\.xml/.test(one) ? '' : one) });
}

/**
 * Writes a copy of a workbook with some rows changed or emptied, in their place. All else is taken over as it is; a row at a time is in memory.
 * @throws FichaError `changed-meanwhile` when a sheet is not there any more
 */
export async function writeXlsx(from: string, to: string, changes: readonly RowChange[]): Promise<void> {
  const directory = await readDirectory(from);
  const sheets = await sheetsOf(from, directory);
  const copy = await ZipCopy.open(from, directory, to);
  const work: Work = { path: from, directory, copy, done: new Set() };
  const cells = new SheetCells();
  try {
    const named = new Set(changes.map(({ sheet }) => sheet));
    for (const name of named) {
      const sheet = sheets.find((one) => one.name === name);
      if (sheet === undefined)
        throw new FichaError('changed-meanwhile', 'a sheet of the linked workbook is not there any more', { retry: 'now' });
      await writeSheet(
        work,
        sheet.entry,
        changes.filter((change) => change.sheet === name),
        cells,
      );
    }
    if (cells.dropped.size > 0)
      await writeSharedTexts(
        work,
        sheets.filter(({ name }) => !named.has(name)).map(({ entry }) => entry),
        cells,
      );
    await withoutOrder(work);
    for (const name of directory.entries.keys()) if (!work.done.has(name)) await copy.keep(name);
    await copy.finish();
  } finally {
    await copy.end();
  }
}
