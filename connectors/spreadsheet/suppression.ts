import type { RecordRef, SuppressionOrder, SuppressResult, UnsuppressionOrder } from '../kit/contract.ts';
import { inTurn } from './files.ts';
import { type FoundRow, rowsOfRecord } from './find-rows.ts';
import { covers, type OptOut, optOutsOf, textOf } from './opt-out.ts';
import { freshRows, rewrite } from './rewrite.ts';
import type { RowChange } from './row.ts';
import type { SheetSettings } from './settings.ts';

const newHeading = 'Opt-out';

/** Opt-outs that the rows of one record say. */
export const optOutsIn = (rows: readonly FoundRow[], { purpose }: SheetSettings): readonly OptOut[] =>
  rows.flatMap(({ optOut }) => optOutsOf(optOut, purpose));

/** Another text in the opt-out column of a row; a file without such a column gets one. */
export function optOutChange({ headings, row }: FoundRow, text: string): readonly RowChange[] {
  const { sheet, row: headingRow, names, columns } = headings;
  const column = columns.get('optOut')?.[0] ?? names.length;
  const heading = columns.has('optOut') ? [] : [{ sheet, number: headingRow, set: new Map([[column, newHeading]]) }];
  return [...heading, { sheet: row.sheet, number: row.number, set: new Map([[column, text]]) }];
}

/** What a row's opt-outs become; undefined when they stay. */
type Next = (now: readonly OptOut[]) => readonly OptOut[] | undefined;

/** Changes the opt-outs of one record and reads them back from the files as they are then. */
async function change(
  settings: SheetSettings,
  ref: RecordRef,
  order: SuppressionOrder,
  next: Next,
  wanted: boolean,
): Promise<SuppressResult> {
  const nextOf = ({ optOut }: FoundRow) => next(optOutsOf(optOut, settings.purpose));
  return await inTurn(settings.path, async () => {
    const known = await rowsOfRecord(settings, ref);
    if (known.length === 0) return { result: 'absent' };
    if (known.every((row) => nextOf(row) === undefined)) return { result: 'already' };
    if (order.dryRun === true) return { result: 'would-apply' };
    const { rows, hashes } = await freshRows(settings, ref);
    const changing = rows.filter((row) => nextOf(row) !== undefined);
    await rewrite({ rows: changing, hashes }, (row) => optOutChange(row, textOf(nextOf(row) ?? [], settings.purpose)));
    const after = await rowsOfRecord(settings, ref, true);
    const says = (row: FoundRow): boolean => optOutsIn([row], settings).some((one) => covers(one, order.channel, order.purpose));
    return after.length > 0 && after.every((row) => says(row) === wanted)
      ? { result: 'applied' }
      : { result: 'refused', code: 'read-back-differs' };
  });
}

/** Writes "do not contact" into the opt-out column of every row of the record. */
export const suppress = (settings: SheetSettings, ref: RecordRef, order: SuppressionOrder): Promise<SuppressResult> => {
  const { channel, purpose } = order;
  return change(
    settings,
    ref,
    order,
    (now) => (now.some((one) => covers(one, channel, purpose)) ? undefined : [...now, { channel, purpose }]),
    true,
  );
};

/** Takes one opt-out back; a wider one that covers it (every channel, every purpose) stays, since the proof is not for all of it. */
export async function unsuppress(settings: SheetSettings, ref: RecordRef, order: UnsuppressionOrder): Promise<SuppressResult> {
  if (order.consentEventId === '') return { result: 'refused', code: 'no-consent-proof' };
  const isIt = (one: OptOut): boolean => one.channel === order.channel && one.purpose === order.purpose;
  const covering = optOutsIn(await rowsOfRecord(settings, ref), settings).filter((one) =>
    covers(one, order.channel, order.purpose),
  );
  if (covering.some((one) => !isIt(one))) return { result: 'refused', code: 'wider-opt-out' };
  return await change(settings, ref, order, (now) => (now.some(isIt) ? now.filter((one) => !isIt(one)) : undefined), false);
}
