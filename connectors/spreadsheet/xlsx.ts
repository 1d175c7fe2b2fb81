import type { Readable } from 'node:stream';
import ExcelJS from 'exceljs';
import { FichaError } from '../../domain/record/error.ts';
import { type Cell, harmless, type RowChange, type SheetRow } from './row.ts';
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

/**
 * What all sheets share is read first, whatever the order in the file: the library's own loop needs it before the sheets and fails, or
 * takes dates for numbers, when it comes after.
 */
async function openReader(path: string, directory: ZipDirectory): Promise<EntryReader> {
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
  if (directory.entries.has('xl/styles.xml')) await reader._parseStyles(await entryStream(path, directory, 'xl/styles.xml'));
  reader.sharedStrings = [];
  if (directory.entries.has('xl/sharedStrings.xml')) {
    for await (const _ of reader._parseSharedStrings(await entryStream(path, directory, 'xl/sharedStrings.xml'))) continue;
  }
  return reader;
}

/** The rows of the visible sheets that are not empty, in the order of the workbook, in memory one at a time. */
export async function* readXlsx(path: string): AsyncGenerator<SheetRow> {
  const directory = await readDirectory(path);
  try {
    const reader = await openReader(path, directory);
    const from1904 = reader.properties?.model?.date1904 === true;
    for (const { name, state, rId } of reader.model?.sheets ?? []) {
      const target = reader.workbookRels?.find(({ Id }) => Id === rId)?.Target;
      if ((state ?? 'visible') !== 'visible' || target === undefined || !directory.entries.has(entryOf(target))) continue;
      const entry = await entryStream(path, directory, entryOf(target));
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

/** Texts of the other sheets, hidden ones too, that hold one of these texts: where copies lie. @returns names of sheets */
export function sheetsHolding(book: ExcelJS.Workbook, texts: ReadonlySet<string>, except: string): string[] {
  const holds = (sheet: ExcelJS.Worksheet): boolean => {
    let found = false;
    sheet.eachRow((row) => {
      found ||= cellsOf(row).some((cell) => typeof cell === 'string' && texts.has(cell.trim().toLowerCase()));
    });
    return found;
  };
  return book.worksheets.filter((sheet) => sheet.name !== except && holds(sheet)).map(({ name }) => name);
}

/** Formulas that lean on another cell's would lose their sense when that cell is emptied: each gets its own. */
function standAlone(sheet: ExcelJS.Worksheet): void {
  sheet.eachRow((row) =>
    row.eachCell((cell) => {
      if (cell.type === ExcelJS.ValueType.Formula && cell.formulaType === ExcelJS.FormulaType.Shared) {
        cell.value = { formula: cell.formula, result: cell.result } as ExcelJS.CellFormulaValue; // result may be absent, as it was
      }
    }),
  );
}

/** Empties a row in its place, with notes and links, so that formulas that point below it still hold. */
function emptyRow(sheet: ExcelJS.Worksheet, number: number): void {
  sheet.getRow(number).eachCell({ includeEmpty: true }, (cell) => {
    cell.value = null;
    Reflect.deleteProperty(cell, '_comment');
  });
}

/**
 * Writes a copy of a workbook with some rows changed or emptied.
 * @param look called with the open workbook before the change
 */
export async function writeXlsx(
  from: string,
  to: string,
  changes: readonly RowChange[],
  look?: (book: ExcelJS.Workbook) => void,
): Promise<void> {
  await readDirectory(from);
  const book = new ExcelJS.Workbook();
  await book.xlsx.readFile(from).catch((error: unknown) => {
    throw broken(error);
  });
  look?.(book);
  for (const { sheet: name, number, set } of changes) {
    const sheet = book.getWorksheet(name);
    if (sheet === undefined)
      throw new FichaError('changed-meanwhile', 'a sheet of the linked workbook is not there any more', { retry: 'now' });
    if (set === undefined) {
      standAlone(sheet);
      emptyRow(sheet, number);
    } else for (const [column, text] of set) sheet.getRow(number).getCell(column + 1).value = harmless(text);
  }
  await book.xlsx.writeFile(to);
}
