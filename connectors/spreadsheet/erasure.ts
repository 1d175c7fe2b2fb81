import { type Identified, identifiersOf } from '../../domain/record/identifiers.ts';
import type { EraseResult, ExportedRecord, RecordRef, VerifyResult, WriteOptions } from '../kit/contract.ts';
import { eraseAnswer, exportAnswer, isAnswer, verifyAnswer } from './answer-record.ts';
import { filesOf, inTurn } from './files.ts';
import { copiesIn } from './kept-copies.ts';
import { type FoundRow, rowsOfRecord } from './find-rows.ts';
import { freshRows, rewrite } from './rewrite.ts';
import type { SheetSettings } from './settings.ts';
import { sheetsHolding } from './xlsx.ts';

const backup = /(\.bak$|~$|\b(backup|copia|copie|copy)\b)/i;

/** Sheets beside their own that hold an identifier of the record, and parts of the workbook that keep copies of cells. */
async function otherPlaces(rows: readonly FoundRow[]): Promise<Set<string>> {
  const places = new Set<string>();
  const own = new Set(rows.map(({ row }) => row.sheet));
  const identifiers = rows.flatMap(({ record }) => identifiersOf(record.canonical as Identified)); // canonical by construction
  const texts = new Set(identifiers.map(({ value }) => value));
  for (const path of new Set(rows.filter(({ file }) => file.format === 'xlsx').map(({ file }) => file.path))) {
    for (const name of await sheetsHolding(path, texts)) if (!own.has(name)) places.add(`sheet:${name}`);
    for (const what of await copiesIn(path)) places.add(`workbook:${what}`);
  }
  return places;
}

/** Takes the rows of a record out of their files. What the same workbook says of the person in other sheets is named, and stays. */
export async function erase(settings: SheetSettings, ref: RecordRef, options: WriteOptions): Promise<EraseResult> {
  return await inTurn(settings.path, async () => {
    if (isAnswer(ref)) return await eraseAnswer(settings, ref, options);
    const fresh = await freshRows(settings, ref);
    if (fresh.rows.length === 0) return { result: 'done', residue: [] };
    if (options.dryRun === true) return { result: 'would-erase', residue: [] };
    const places = await otherPlaces(fresh.rows);
    await rewrite(fresh, ({ row }) => [{ sheet: row.sheet, number: row.number }]);
    for (const { label } of await filesOf(settings.path)) if (backup.test(label)) places.add('folder:backup');
    const residue = [...places].map((where) => ({ where, due: null }));
    return { result: residue.length === 0 ? 'done' : 'partial', residue };
  });
}

/** Whether the record still stands in a file, read again from the disk. */
export async function verify(settings: SheetSettings, ref: RecordRef): Promise<VerifyResult> {
  if (isAnswer(ref)) return await verifyAnswer(settings, ref);
  const { length: count } = await rowsOfRecord(settings, ref, true);
  return count === 0
    ? { result: 'gone', residue: [], count }
    : { result: 'present', residue: [{ where: 'row', due: null }], count };
}

/** Every cell of the record's rows, under its heading. */
export async function exportRecord(settings: SheetSettings, ref: RecordRef): Promise<ExportedRecord | null> {
  if (isAnswer(ref)) return await exportAnswer(settings, ref);
  const rows = (await rowsOfRecord(settings, ref)).map(({ record }) => record.raw as Readonly<Record<string, unknown>>); // heading to text
  const [first] = rows;
  if (first === undefined) return null;
  return { ref, fields: rows.length === 1 ? first : { rows }, attachments: [] };
}
