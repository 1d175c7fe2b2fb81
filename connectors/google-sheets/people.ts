import { createHash } from 'node:crypto';
import type { SourceRecordDraft } from '../../domain/record/source-record.ts';
import { FichaError } from '../../domain/record/error.ts';
import type { Cursor, PullPage, RejectedDraft } from '../kit/contract.ts';
import { carriedId } from '../kit/carried.ts';
import type { HookContext } from '../kit/hooks.ts';
import { readSheet, type Row, setting, type Sheet } from './sheet.ts';

/** What was read: the hash of the sheet. In the middle of a run `done` rows of it are stored. */
interface SheetCursor extends Cursor {
  readonly hash: string;
  readonly done?: number;
}

const version = 1;
const pageRows = 500;
const yes = /^(true|yes|y|1|x|s[ií]|oui|ja|wahr|vero|verdadero)$/i;

export const isOptedOut = ({ cells }: Row, context: HookContext): boolean =>
  yes.test(cells[setting(context, 'optOutColumn')] ?? '');

const hashOf = (sheet: Sheet): string => createHash('sha256').update(JSON.stringify(sheet)).digest('hex');

function personOf({ key, cells }: Row, context: HookContext): SourceRecordDraft {
  const at = (name: string): string | undefined => cells[setting(context, name)];
  const several = (name: string): string[] | undefined => (at(name) === undefined ? undefined : [at(name) ?? '']);
  const fields = {
    givenName: at('givenNameColumn'),
    familyName: at('familyNameColumn'),
    emails: several('emailColumn'),
    phones: several('phoneColumn'),
    companyName: at('companyColumn'),
    notes: at('notesColumn'),
  };
  const canonical = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
  return { kind: 'person', externalId: key, raw: cells, canonical };
}

/** What the opt-out column says; silence is not a yes. */
function deniedOf(row: Row, context: HookContext): SourceRecordDraft[] {
  if (row.key === '' || !isOptedOut(row, context)) return [];
  const said = { purpose: 'marketing', channel: 'email', answer: 'denied' };
  const column = setting(context, 'optOutColumn');
  return [
    {
      kind: 'consent',
      externalId: carriedId(row.key, 'email', 'marketing'),
      raw: { [column]: row.cells[column] ?? null },
      canonical: { clientExternalId: row.key, ...said, at: context.now().toISOString(), atKnown: false },
    },
  ];
}

function rejectedOf({ number, key, cells }: Row, seen: ReadonlySet<string>): RejectedDraft | undefined {
  if (key === '') return { reasonCode: 'id-missing', reason: `row ${number}: its key column is empty`, raw: cells };
  if (!seen.has(key)) return undefined;
  return { externalId: key, reasonCode: 'duplicate-row', reason: `row ${number}: an earlier row has the same key`, raw: cells };
}

function startOf(cursor: Cursor | null, hash: string): { readonly skip: number; readonly unchanged: boolean } {
  if (cursor === null || cursor.version < version || cursor['hash'] !== hash) return { skip: 0, unchanged: false };
  const { done } = cursor as SheetCursor; // made below only
  return { skip: done ?? 0, unchanged: done === undefined };
}

/**
 * Every row of the sheet, 500 a page, or nothing when the sheet is as the last run read it. A run that was broken off goes on where it
 * was as long as the sheet is the same, and starts again when it is not: rows have moved then.
 */
export async function* pullPeople(cursor: Cursor | null, context: HookContext): AsyncGenerator<PullPage> {
  if (cursor !== null && cursor.version > version)
    throw new FichaError(
      'cursor-newer',
      'the saved cursor is from a newer version of this connector; upgrade Ficha, or run a full sync',
    );
  const sheet = await readSheet(context);
  const hash = hashOf(sheet);
  const { skip, unchanged } = startOf(cursor, hash);
  if (unchanged) {
    yield { records: [], rejected: [], deleted: [], cursor: { version, hash }, last: true };
    return;
  }
  const seen = new Set(sheet.rows.slice(0, skip).map(({ key }) => key));
  for (let done = skip; ; ) {
    const rows = sheet.rows.slice(done, done + pageRows);
    const records: SourceRecordDraft[] = [];
    const rejected: RejectedDraft[] = [];
    for (const row of rows) {
      const problem = rejectedOf(row, seen);
      if (problem === undefined) records.push(personOf(row, context));
      else rejected.push(problem);
      records.push(...deniedOf(row, context)); // an opt-out of a row that is kept aside is still one
      seen.add(row.key);
    }
    done += rows.length;
    const last = done >= sheet.rows.length;
    const at: SheetCursor = last ? { version, hash } : { version, hash, done };
    yield { records, rejected, deleted: [], cursor: at, last, ...(last ? { complete: true } : {}) };
    if (last) return;
  }
}
