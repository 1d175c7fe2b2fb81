import { createHash } from 'node:crypto';
import { type Identified, identifiersOf } from '../../domain/record/identifiers.ts';
import type { SourceRecordDraft } from '../../domain/record/source-record.ts';
import type { RejectedDraft } from '../kit/contract.ts';
import { Unreadable } from '../kit/value-transforms.ts';
import { folded, type Headings } from './headings.ts';
import { answerId, optOutsOf, truthOf } from './opt-out.ts';
import { fieldsOfRow, kindOfRow } from './row-fields.ts';
import { cellText, type SheetRow } from './row.ts';
import type { SheetSettings } from './settings.ts';

/** What one row is: a person or company under a lasting id, or the reason why it is kept aside. */
export type ReadRow =
  | {
      readonly record: SourceRecordDraft & { readonly kind: 'person' | 'company' };
      readonly optOut: string;
      readonly optIn: string;
    }
  | { readonly rejected: RejectedDraft };

/** The row as the sheet says it: heading to text. Its number is not part of it, since rows move. */
export const rawOf = (row: SheetRow, { names }: Headings): Record<string, string> =>
  Object.fromEntries(
    names.flatMap((name, column) => (cellText(row.cells[column]) === '' ? [] : [[name, cellText(row.cells[column])] as const])),
  );

/** Who the row is, hashed: the id of a row without a key column. It stays while identifiers and name stay. */
function identityOf(fields: Readonly<Record<string, unknown>>): string | undefined {
  const name = folded(
    [fields['givenName'], fields['familyName'], fields['fullName'], fields['companyName']].filter(Boolean).join(' '),
  );
  const known = identifiersOf(fields as Identified)
    .map(({ kind, value }) => `${kind}:${value}`)
    .sort(); // made from canonical fields
  if (name === '' && known.length === 0) return undefined;
  const who = known.length > 0 ? known : [name, fields['birthDate'] ?? '', JSON.stringify(fields['addresses'] ?? [])];
  return createHash('sha256')
    .update(JSON.stringify([name, ...who]))
    .digest('hex')
    .slice(0, 24);
}

/** Names a row that has no id of its own, in what is kept aside. */
const placeOf = (label: string, row: SheetRow): string =>
  [label, row.sheet, `row ${row.number}`].filter((part) => part !== '').join(', ');

/** Reads one row. @param label the file's name among several, part of the id */
export function readRow(row: SheetRow, headings: Headings, settings: SheetSettings, label: string): ReadRow {
  const kept = (reasonCode: string, why: string): ReadRow => ({
    rejected: { externalId: placeOf(label, row), reasonCode, reason: `row ${row.number}: ${why}`, raw: rawOf(row, headings) },
  });
  if (row.cells.slice(headings.names.length).some((cell) => cellText(cell) !== '')) {
    return kept('row-too-long', 'it has more cells than there are headings; is a separator inside a text?');
  }
  const kind = kindOfRow(row, headings, settings);
  let fields: Record<string, unknown>;
  try {
    fields = fieldsOfRow(kind, row, headings, settings);
  } catch (error) {
    if (error instanceof Unreadable) return kept(error.code, `${error.field || 'birthDate'}: ${error.why}`);
    throw error;
  }
  const keyColumns = headings.columns.get('key') ?? [];
  const key = keyColumns.map((column) => cellText(row.cells[column])).find((text) => text !== '');
  if (keyColumns.length > 0 && key === undefined)
    return kept('key-missing', `its "${headings.names[keyColumns[0] ?? 0] ?? 'key'}" is empty`);
  const id = key ?? identityOf(fields);
  if (id === undefined) return kept('row-without-identity', 'it has neither a name nor an e-mail, telephone or tax id');
  const cellOf = (field: 'optOut' | 'optIn'): string =>
    (headings.columns.get(field) ?? []).map((column) => cellText(row.cells[column])).find((text) => text !== '') ?? '';
  return {
    record: { kind, externalId: label === '' ? id : `${label}#${id}`, raw: rawOf(row, headings), canonical: fields },
    optOut: cellOf('optOut'),
    optIn: cellOf('optIn'),
  };
}

/** What the row says of contacting the person, as consent records. A sheet dates nothing: `at` is when it is read. */
export function consentDrafts(
  read: Extract<ReadRow, { readonly record: unknown }>,
  { purpose }: SheetSettings,
  now: Date,
): SourceRecordDraft[] {
  if (read.record.kind !== 'person') return [];
  const { externalId } = read.record;
  const said = optOutsOf(read.optOut, purpose).map((optOut) => ({
    ...optOut,
    answer: 'denied' as 'granted' | 'denied',
    how: 'opt-out-column',
  }));
  const agreed = read.optIn === '' ? undefined : truthOf(read.optIn);
  const denied = said.some((one) => one.channel === 'any' && one.purpose === purpose);
  if (agreed !== undefined && !denied)
    said.push({ channel: 'any', purpose, answer: agreed ? 'granted' : 'denied', how: 'opt-in-column' });
  return said.map(({ channel, purpose: why, answer, how }) => {
    const fields = { purpose: why, channel, answer, how };
    return {
      kind: 'consent',
      externalId: answerId(externalId, { channel, purpose: why }),
      raw: fields,
      canonical: { clientExternalId: externalId, ...fields, at: now.toISOString(), atKnown: false },
    };
  });
}
