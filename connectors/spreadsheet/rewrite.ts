import { writeCsv } from './csv.ts';
import { filesOf, hashOf, replaceFile } from './files.ts';
import { type FoundRow, rowsOfRecord } from './find-rows.ts';
import type { RecordRef } from '../kit/contract.ts';
import type { RowChange } from './row.ts';
import type { SheetSettings } from './settings.ts';
import { writeXlsx } from './write-xlsx.ts';

/** The rows of one record, read from files whose hashes were taken before: a change is made from exactly these versions. */
export interface FreshRows {
  readonly rows: readonly FoundRow[];
  readonly hashes: ReadonlyMap<string, string>;
}

/** Reads the files again for the rows of one record. */
export async function freshRows(settings: SheetSettings, ref: RecordRef): Promise<FreshRows> {
  const hashes = new Map<string, string>();
  for (const { path } of await filesOf(settings.path)) hashes.set(path, await hashOf(path));
  return { rows: await rowsOfRecord(settings, ref, true), hashes };
}

/**
 * Writes a new version of every file that these rows are in.
 * @param changesOf the changes of one row, the headings among them
 */
export async function rewrite({ rows, hashes }: FreshRows, changesOf: (row: FoundRow) => readonly RowChange[]): Promise<void> {
  for (const path of new Set(rows.map(({ file }) => file.path))) {
    const ofFile = rows.filter(({ file }) => file.path === path);
    const changes = ofFile.flatMap(changesOf);
    await replaceFile(path, hashes.get(path) ?? '', (beside) =>
      ofFile[0]?.file.format === 'csv' ? writeCsv(path, beside, changes) : writeXlsx(path, beside, changes),
    );
  }
}
