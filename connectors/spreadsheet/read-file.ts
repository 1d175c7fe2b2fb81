import { FichaError } from '../../domain/record/error.ts';
import { readCsv } from './csv.ts';
import type { SheetFile } from './files.ts';
import { checkHeadings, type Headings, headingsAmong } from './headings.ts';
import type { SheetRow } from './row.ts';
import type { SheetSettings } from './settings.ts';
import { readXlsx } from './xlsx.ts';

/** A row below the headings of its sheet. */
export interface TableRow {
  readonly row: SheetRow;
  readonly headings: Headings;
}

const lookedAt = 30;

/** The rows below the headings of the one sheet that the settings name, or of the first that has headings. */
export async function* tableRows({ path, format }: SheetFile, settings: SheetSettings): AsyncGenerator<TableRow> {
  let headings: Headings | undefined;
  let waiting: SheetRow[] = [];
  const found = (): readonly SheetRow[] => {
    headings = headingsAmong(waiting, settings);
    if (headings === undefined) return [];
    checkHeadings(headings, settings);
    const { row: headingRow } = headings;
    const below = waiting.filter(({ number }) => number > headingRow);
    waiting = [];
    return below;
  };
  let sheet: string | undefined;
  for await (const row of format === 'csv' ? readCsv(path) : readXlsx(path)) {
    if (format === 'xlsx' && settings.sheet !== undefined && row.sheet !== settings.sheet) continue;
    if (sheet !== row.sheet) {
      if (headings === undefined && waiting.length > 0)
        for (const one of found()) if (headings !== undefined) yield { row: one, headings };
      if (headings !== undefined) return; // the table is read; what follows are other sheets
      sheet = row.sheet;
      waiting = [];
    }
    if (headings !== undefined) {
      yield { row, headings };
      continue;
    }
    waiting.push(row);
    if (waiting.length >= lookedAt) for (const one of found()) if (headings !== undefined) yield { row: one, headings };
  }
  if (headings === undefined) for (const one of found()) if (headings !== undefined) yield { row: one, headings };
  if (headings === undefined) {
    throw new FichaError(
      'headings-not-found',
      `no sheet of a linked file has headings in its first ${lookedAt} rows that Ficha knows; see config.sheet, config.headerRow and config.columns`,
    );
  }
}
