import { FichaError } from '../../domain/record/error.ts';
import type {
  EraseResult,
  RecordRef,
  RedactOrder,
  RedactResult,
  SuppressionOrder,
  SuppressResult,
  WriteOptions,
} from '../kit/contract.ts';
import type { HookContext } from '../kit/hooks.ts';
import { blotted } from '../kit/verbs/redact.ts';
import { isOptedOut } from './people.ts';
import { addressOf, letterOf, quoted, readSheet, type Row, setting, type Sheet } from './sheet.ts';

const history = { where: 'Google Sheets: version history, which no call purges', due: null };

/** Every row of a person: a key that stands twice is one person. */
export const rowsOf = ({ rows }: Sheet, { externalId }: RecordRef): readonly Row[] =>
  rows.filter(({ key }) => key === externalId);

interface ColumnWrite {
  /** The setting that names its heading. */
  readonly column: string;
  /** `RAW`: a text that begins as a formula does is text all the same. */
  readonly as: 'USER_ENTERED' | 'RAW';
  readonly text: (row: Row) => string;
}

async function writeColumn(
  context: HookContext,
  { headings }: Sheet,
  rows: readonly Row[],
  { column, as, text }: ColumnWrite,
): Promise<number> {
  const letter = letterOf(headings.indexOf(setting(context, column)));
  const data = rows.map((row) => ({
    range: `${quoted(setting(context, 'sheet'))}!${letter}${row.number}`,
    values: [[text(row)]],
  }));
  const json = { valueInputOption: as, data };
  return (await context.send({ method: 'POST', path: `${addressOf(context)}/values:batchUpdate`, json })).status;
}

/** Writes the opt-out column of a person's rows and believes only what is read back. */
export async function changeOptOut(
  context: HookContext,
  ref: RecordRef,
  order: SuppressionOrder,
  wanted: boolean,
): Promise<SuppressResult> {
  if (order.channel !== 'email' || !['marketing', '*'].includes(order.purpose))
    return { result: 'unsupported', code: 'channel-not-used' };
  const sheet = await readSheet(context);
  const rows = rowsOf(sheet, ref);
  if (rows.length === 0) return { result: 'absent' };
  const wrong = rows.filter((row) => isOptedOut(row, context) !== wanted);
  if (wrong.length === 0) return { result: 'already' };
  if (order.dryRun === true) return { result: 'would-apply' };
  const text = wanted ? 'TRUE' : 'FALSE';
  const status = await writeColumn(context, sheet, wrong, { column: 'optOutColumn', as: 'USER_ENTERED', text: () => text });
  const after = rowsOf(await readSheet(context, 'batch'), ref);
  if (after.length === 0) return { result: 'absent', status };
  const reached = after.every((row) => isOptedOut(row, context) === wanted);
  return reached ? { result: 'applied', status } : { result: 'refused', code: 'read-back-differs', status };
}

/** Blots texts in the notes of a person's rows, and believes only what is read back. */
export async function redactNotes(context: HookContext, ref: RecordRef, { texts, dryRun }: RedactOrder): Promise<RedactResult> {
  const notesOf = ({ cells }: Row): string => cells[setting(context, 'notesColumn')] ?? '';
  const holding = (rows: readonly Row[]): readonly Row[] => rows.filter((row) => blotted(notesOf(row), texts) !== notesOf(row));
  const sheet = await readSheet(context);
  const rows = rowsOf(sheet, ref);
  if (rows.length === 0) return { result: 'absent' };
  const wrong = holding(rows);
  if (wrong.length === 0) return { result: 'done', code: 'nothing-to-redact' };
  if (dryRun === true) return { result: 'would-redact' };
  const text = (row: Row): string => blotted(notesOf(row), texts);
  const status = await writeColumn(context, sheet, wrong, { column: 'notesColumn', as: 'RAW', text });
  const left = holding(rowsOf(await readSheet(context, 'batch'), ref));
  return left.length > 0 ? { result: 'partial', code: 'read-back-differs', status } : { result: 'done', status };
}

async function tabId(context: HookContext): Promise<number> {
  const { body } = await context.send({ method: 'GET', path: addressOf(context) });
  const { sheets = [] } = body as {
    readonly sheets?: readonly { readonly properties: { readonly sheetId?: number; readonly title: string } }[];
  }; // Google's shape
  const found = sheets.find(({ properties }) => properties.title === setting(context, 'sheet'));
  if (found !== undefined) return found.properties.sheetId ?? 0;
  throw new FichaError('setting-invalid', `${context.systemId}: the spreadsheet has no tab of that name; set \`sheet\``);
}

/** Keys of everybody else, each as often as it stands. */
const othersOf = ({ rows }: Sheet, { externalId }: RecordRef): string =>
  JSON.stringify(
    rows
      .map(({ key }) => key)
      .filter((key) => key !== externalId)
      .sort(),
  );

/**
 * Deletes a person's rows, from the bottom up in one call, and reads back that nobody else is missing.
 * @throws FichaError `rows-moved` when the sheet was sorted or changed between the reading and the deleting
 */
export async function eraseRows(context: HookContext, ref: RecordRef, options: WriteOptions): Promise<EraseResult> {
  if (options.dryRun === true) return { result: 'would-erase', residue: [history] };
  const sheetId = await tabId(context);
  const sheet = await readSheet(context);
  const rows = rowsOf(sheet, ref);
  if (rows.length === 0) return { result: 'done', residue: [] };
  const requests = [...rows]
    .sort((one, other) => other.number - one.number)
    .map(({ number }) => ({
      deleteDimension: { range: { sheetId, dimension: 'ROWS', startIndex: number - 1, endIndex: number } },
    }));
  const { status } = await context.send({ method: 'POST', path: `${addressOf(context)}:batchUpdate`, json: { requests } });
  const after = await readSheet(context, 'batch');
  if (othersOf(after, ref) === othersOf(sheet, ref) && rowsOf(after, ref).length === 0)
    return { result: 'partial', residue: [history], status };
  throw new FichaError(
    'rows-moved',
    `${context.systemId}: the sheet was changed while a row was deleted; look at File > Version history, restore what is missing, and run the erasure again`,
    { retry: 'never' },
  );
}
