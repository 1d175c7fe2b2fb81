import type { Readable } from 'node:stream';
import ExcelJS from 'exceljs';
import { FichaError } from '../../domain/record/error.ts';
import type { Cell, SheetRow } from './row.ts';
import { entryStream, readDirectory, type ZipDirectory } from './zip-directory.ts';

/** The parts of the library's streaming reader that read one entry each; exceljs 4.4.0, lib/stream/xlsx/workbook-reader.js. */
interface EntryReader {
  readonly workbookRels?: readonly { readonly Id: string; readonly Target: string }[];
  readonly model?: { readonly sheets?: readonly { readonly rId: string; readonly name: string; readonly state?: string }[] };
  readonly properties?: { readonly model?: { readonly date1904?: boolean } };
  sharedStrings?: unknown[];
  _parseRels(entry: Readable): Promise<void>;
  _parseWorkbook(entry: Readable): Promise<void>;
  _parseStyles(entry: Readable): Promise<void>;
  _parseSharedStrings(entry: Readable): AsyncIterable<unknown>;
  _parseWorksheet(chunks: AsyncIterable<Buffer>, number: string): Iterable<{ readonly value: AsyncIterable<ExcelJS.Row> }>;
}

/** The value of a cell: what a formula gave, the text of rich text and links; null for an error. */
function valueOf(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value instanceof Date) return value;
  if (typeof value !== 'object') return null;
  if ('richText' in value && Array.isArray(value.richText)) {
    return (value.richText as readonly { readonly text?: string }[]).map(({ text = '' }) => text).join('');
  }
  if ('result' in value) return valueOf(value.result);
  return 'text' in value ? valueOf(value.text) : null;
}

const cellsOf = (row: ExcelJS.Row): Cell[] => {
  const values = row.values as readonly unknown[]; // 1-based and sparse, as the library documents it
  return Array.from({ length: Math.max(0, values.length - 1) }, (_, column) => valueOf(values[column + 1]));
};

const broken = (cause: unknown): FichaError =>
  cause instanceof FichaError
    ? cause
    : new FichaError('workbook-unreadable', 'a linked workbook is damaged; open it in an office program and save it again', {
        cause,
      });

/** `worksheets/sheet1.xml`, `/xl/worksheets/sheet1.xml`: both name the same entry. */
const entryOf = (target: string): string => (target.startsWith('/') ? target.slice(1) : `xl/${target}`);

/** A reader that knows the names of the sheets and where they are. */
async function openBook(path: string, directory: ZipDirectory): Promise<EntryReader> {
  const options = {
    worksheets: 'emit',
    sharedStrings: 'cache',
    hyperlinks: 'ignore',
    styles: 'cache',
    entries: 'ignore',
  } as const;
  const reader = new ExcelJS.stream.xlsx.WorkbookReader(path, options) as unknown as EntryReader; // see EntryReader
  await reader._parseWorkbook(await entryStream(path, directory, 'xl/workbook.xml'));
  await reader._parseRels(await entryStream(path, directory, 'xl/_rels/workbook.xml.rels'));
  return reader;
}

/**
 * What all sheets share is read first, whatever the order in the file: the library's own loop needs it before the sheets and fails, or
 * takes dates for numbers, when it comes after.
 */
async function openReader(path: string, directory: ZipDirectory): Promise<EntryReader> {
  const reader = await openBook(path, directory);
  if (directory.entries.has('xl/styles.xml')) await reader._parseStyles(await entryStream(path, directory, 'xl/styles.xml'));
  reader.sharedStrings = [];
  if (directory.entries.has('xl/sharedStrings.xml')) {
    for await (const _ of reader._parseSharedStrings(await entryStream(path, directory, 'xl/sharedStrings.xml'))) continue;
  }
  return reader;
}

/** A sheet, and the entry that holds it. */
interface NamedSheet {
  readonly name: string;
  readonly state: string;
  readonly rId: string;
  readonly entry: string;
}

const namedSheets = ({ model, workbookRels }: EntryReader, directory: ZipDirectory): readonly NamedSheet[] =>
  (model?.sheets ?? []).flatMap(({ name, state = 'visible', rId }) => {
    const target = workbookRels?.find(({ Id }) => Id === rId)?.Target;
    const isThere = target !== undefined && directory.entries.has(entryOf(target));
    return isThere ? [{ name, state, rId, entry: entryOf(target) }] : [];
  });

/** The sheets of a workbook, in its order. */
export async function sheetsOf(path: string, directory: ZipDirectory): Promise<readonly NamedSheet[]> {
  try {
    return namedSheets(await openBook(path, directory), directory);
  } catch (error) {
    throw broken(error);
  }
}

/**
 * The rows of the visible sheets that are not empty, in the order of the workbook, in memory one at a time.
 * @param hidden reads the others too
 */
export async function* readXlsx(path: string, { hidden = false } = {}): AsyncGenerator<SheetRow> {
  const directory = await readDirectory(path);
  try {
    const reader = await openReader(path, directory);
    const from1904 = reader.properties?.model?.date1904 === true;
    for (const { name, state, rId, entry: held } of namedSheets(reader, directory)) {
      if (state !== 'visible' && !hidden) continue;
      const entry = await entryStream(path, directory, held);
      for (const { value: sheet } of reader._parseWorksheet(entry, rId)) {
        for await (const row of sheet) {
          const cells = cellsOf(row);
          if (cells.some((cell) => cell !== null && cell !== '')) yield { sheet: name, number: row.number, cells, from1904 };
        }
      }
    }
  } catch (error) {
    throw broken(error);
  }
}

/** The sheets that hold one of these texts in a cell, hidden ones too: where copies lie. @returns their names */
export async function sheetsHolding(path: string, texts: ReadonlySet<string>): Promise<ReadonlySet<string>> {
  const holding = new Set<string>();
  for await (const { sheet, cells } of readXlsx(path, { hidden: true }))
    if (cells.some((cell) => typeof cell === 'string' && texts.has(cell.trim().toLowerCase()))) holding.add(sheet);
  return holding;
}
