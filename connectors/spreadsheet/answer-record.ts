import type { EraseResult, ExportedRecord, RecordRef, VerifyResult, WriteOptions } from '../kit/contract.ts';
import { type FoundRow, rowsOfRecord } from './find-rows.ts';
import { type OptOut, optOutsOf, textOf, truthOf } from './opt-out.ts';
import { freshRows, rewrite } from './rewrite.ts';
import type { RowChange } from './row.ts';
import type { SheetSettings } from './settings.ts';
import { optOutChange } from './suppression.ts';

/** A consent record: what one row says of one channel and purpose. It lives in the cells of the person's row. */
interface Answer extends OptOut {
  readonly person: RecordRef;
}

/** Whether a reference names a consent record. */
export const isAnswer = ({ kind }: RecordRef): boolean => kind === 'consent';

function answerOf({ externalId }: RecordRef): Answer | undefined {
  const [, personId, channel, purpose] = /^(.*):(any|email|sms|phone|post|messaging):([^:]*)$/s.exec(externalId) ?? [];
  if (personId === undefined || purpose === undefined) return undefined;
  return { person: { kind: 'person', externalId: personId }, channel: channel as OptOut['channel'], purpose }; // as the pattern says
}

const saysOut = ({ optOut }: FoundRow, { channel, purpose }: Answer, settings: SheetSettings): boolean =>
  optOutsOf(optOut, settings.purpose).some((one) => one.channel === channel && one.purpose === purpose);

const saysIn = ({ optIn }: FoundRow, { channel, purpose }: Answer, settings: SheetSettings): boolean =>
  channel === 'any' && purpose === settings.purpose && optIn !== '' && truthOf(optIn) !== undefined;

const says = (row: FoundRow, answer: Answer, settings: SheetSettings): boolean =>
  saysOut(row, answer, settings) || saysIn(row, answer, settings);

function withoutIt(row: FoundRow, answer: Answer, settings: SheetSettings): readonly RowChange[] {
  const rest = optOutsOf(row.optOut, settings.purpose).filter(
    (one) => one.channel !== answer.channel || one.purpose !== answer.purpose,
  );
  const cleared = new Map<number, string>();
  if (saysOut(row, answer, settings))
    for (const { set } of optOutChange(row, textOf(rest, settings.purpose)))
      for (const [column, text] of set ?? []) cleared.set(column, text);
  if (saysIn(row, answer, settings)) for (const column of row.headings.columns.get('optIn') ?? []) cleared.set(column, '');
  return [{ sheet: row.row.sheet, number: row.row.number, set: cleared }];
}

/** Empties what the cells say of this channel and purpose; the row goes with the person's own record. */
export async function eraseAnswer(settings: SheetSettings, ref: RecordRef, options: WriteOptions): Promise<EraseResult> {
  const answer = answerOf(ref);
  if (answer === undefined) return { result: 'done', residue: [] };
  const { rows, hashes } = await freshRows(settings, answer.person);
  const saying = rows.filter((row) => says(row, answer, settings));
  if (saying.length === 0) return { result: 'done', residue: [] };
  if (options.dryRun === true) return { result: 'would-erase', residue: [] };
  await rewrite({ rows: saying, hashes }, (row) => withoutIt(row, answer, settings));
  return { result: 'done', residue: [] };
}

/** Whether a row still says it. */
export async function verifyAnswer(settings: SheetSettings, ref: RecordRef): Promise<VerifyResult> {
  const answer = answerOf(ref);
  const rows = answer === undefined ? [] : await rowsOfRecord(settings, answer.person, true);
  const count = answer === undefined ? 0 : rows.filter((row) => says(row, answer, settings)).length;
  return count === 0
    ? { result: 'gone', residue: [], count }
    : { result: 'present', residue: [{ where: 'cell', due: null }], count };
}

/** What the cells say, as they say it. */
export async function exportAnswer(settings: SheetSettings, ref: RecordRef): Promise<ExportedRecord | null> {
  const answer = answerOf(ref);
  if (answer === undefined) return null;
  const [row] = (await rowsOfRecord(settings, answer.person)).filter((one) => says(one, answer, settings));
  if (row === undefined) return null;
  const { optOut, optIn } = row;
  return { ref, fields: { ...(optOut === '' ? {} : { optOut }), ...(optIn === '' ? {} : { optIn }) }, attachments: [] };
}
