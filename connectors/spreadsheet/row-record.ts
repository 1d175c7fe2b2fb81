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
export type ReadRow = RowAnswers &
  ({ readonly record: SourceRecordDraft & { readonly kind: 'person' | 'company' } } | { readonly rejected: RejectedDraft });

interface RowAnswers {
  /** Whom the row is about; known for most rows that are kept aside too: their opt-outs still count. */
  readonly personId: string | undefined;
  readonly optOut: string;
  readonly optIn: string;
}

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
  const textOf = (field: 'key' | 'optOut' | 'optIn'): string =>
    (headings.columns.get(field) ?? []).map((column) => cellText(row.cells[column])).find((text) => text !== '') ?? '';
  const idOf = (id: string): string => (label === '' ? id : `${label}#${id}`);
  const hasKey = headings.columns.has('key');
  const kind = kindOfRow(row, headings, settings);
  const key = textOf('key');
  const personId = kind === 'person' && key !== '' ? idOf(key) : undefined;
  const answers = { optOut: textOf('optOut'), optIn: textOf('optIn') };
  const kept = (reasonCode: string, why: string): ReadRow => ({
    rejected: {
      externalId: key === '' ? placeOf(label, row) : idOf(key),
      reasonCode,
      reason: `row ${row.number}: ${why}`,
      raw: rawOf(row, headings),
    },
    personId,
    ...answers,
  });
  if (row.cells.slice(headings.names.length).some((cell) => cellText(cell) !== '')) {
    return kept('row-too-long', 'it has more cells than there are headings; is a separator inside a text?');
  }
  if (hasKey && key === '')
    return kept('key-missing', `its "${headings.names[headings.columns.get('key')?.[0] ?? 0] ?? 'key'}" is empty`);
  let fields: Record<string, unknown>;
  try {
    fields = fieldsOfRow(kind, row, headings, settings);
  } catch (error) {
    if (error instanceof Unreadable) return kept(error.code, `${error.field || 'birthDate'}: ${error.why}`);
    throw error;
  }
  const id = hasKey ? key : identityOf(fields);
  if (id === undefined) return kept('row-without-identity', 'it has neither a name nor an e-mail, telephone or tax id');
  const record = { kind, externalId: idOf(id), raw: rawOf(row, headings), canonical: fields };
  return { record, personId: kind === 'person' ? record.externalId : undefined, ...answers };
}

/** What the row says of contacting the person, as consent records. A sheet dates nothing: `at` is when it is read. */
export function consentDrafts(
  { personId, optOut, optIn }: RowAnswers,
  { purpose }: SheetSettings,
  now: Date,
): SourceRecordDraft[] {
  if (personId === undefined) return [];
  const said = optOutsOf(optOut, purpose).map((one) => ({
    ...one,
    answer: 'denied' as 'granted' | 'denied',
    how: 'opt-out-column',
  }));
  const agreed = optIn === '' ? undefined : truthOf(optIn);
  const denied = said.some((one) => one.channel === 'any' && one.purpose === purpose);
  if (agreed !== undefined && !denied)
    said.push({ channel: 'any', purpose, answer: agreed ? 'granted' : 'denied', how: 'opt-in-column' });
  return said.map(({ channel, purpose: why, answer, how }) => {
    const fields = { purpose: why, channel, answer, how };
    return {
      kind: 'consent',
      externalId: answerId(personId, { channel, purpose: why }),
      raw: fields,
      canonical: { clientExternalId: personId, ...fields, at: now.toISOString(), atKnown: false },
    };
  });
}
