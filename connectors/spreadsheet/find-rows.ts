import { stat } from 'node:fs/promises';
import { type Identified, identifiersOf } from '../../domain/record/identifiers.ts';
import type { SourceRecordDraft } from '../../domain/record/source-record.ts';
import type { Identifier, RecordRef } from '../kit/contract.ts';
import { filesOf, type SheetFile } from './files.ts';
import type { Headings } from './headings.ts';
import { tableRows } from './read-file.ts';
import { readRow } from './row-record.ts';
import type { SheetRow } from './row.ts';
import type { SheetSettings } from './settings.ts';

/** A row that is a record, and where it stands. */
export interface FoundRow {
  readonly file: SheetFile;
  readonly row: SheetRow;
  readonly headings: Headings;
  readonly record: SourceRecordDraft;
  /** Texts of the opt-out and opt-in columns. */
  readonly optOut: string;
  readonly optIn: string;
}

interface Kept {
  readonly version: string;
  readonly rows: readonly FoundRow[];
}

const kept = new Map<string, Kept>();
const mostKeptBytes = 8 * 1024 * 1024;

async function* rowsIn(file: SheetFile, settings: SheetSettings): AsyncGenerator<FoundRow> {
  for await (const { row, headings } of tableRows(file, settings)) {
    const read = readRow(row, headings, settings, file.label);
    if ('record' in read) yield { file, row, headings, record: read.record, optOut: read.optOut, optIn: read.optIn };
  }
}

/** Rows of one file; those of a small file are kept in memory until it changes. */
async function* rowsOf(file: SheetFile, settings: SheetSettings): AsyncGenerator<FoundRow> {
  const { size, mtimeMs, ino } = await stat(file.path);
  const key = `${file.path} ${JSON.stringify(settings)}`;
  const version = `${size} ${mtimeMs} ${ino}`;
  const known = kept.get(key);
  if (known?.version === version) {
    yield* known.rows;
    return;
  }
  kept.delete(key);
  const rows: FoundRow[] = [];
  for await (const found of rowsIn(file, settings)) {
    if (size <= mostKeptBytes) rows.push(found);
    yield found;
  }
  if (size > mostKeptBytes) return;
  if (kept.size >= 4) kept.clear();
  kept.set(key, { version, rows });
}

/** The rows of one record: one, or several where a key stands twice. @param fresh reads the files again */
export async function rowsOfRecord(settings: SheetSettings, ref: RecordRef, fresh = false): Promise<readonly FoundRow[]> {
  const found: FoundRow[] = [];
  for (const file of await filesOf(settings.path)) {
    for await (const one of fresh ? rowsIn(file, settings) : rowsOf(file, settings)) {
      if (one.record.kind === ref.kind && one.record.externalId === ref.externalId) found.push(one);
    }
  }
  return found;
}

/** Every row that carries one of these identifiers, compared in normal form. */
export async function lookupRows(settings: SheetSettings, identifiers: readonly Identifier[]): Promise<readonly RecordRef[]> {
  const forms = (identifier: Identifier): readonly string[] => {
    const { kind, value } = identifier;
    const field: Identified = kind === 'email' ? { emails: [value] } : kind === 'phone' ? { phones: [value] } : { taxId: value };
    const country = settings.defaultCountry === undefined ? {} : { country: settings.defaultCountry };
    return [`${kind}:${value}`, ...identifiersOf({ ...field, ...country }).map((one) => `${one.kind}:${one.value}`)];
  };
  const wanted = new Set(identifiers.flatMap(forms));
  const refs = new Map<string, RecordRef>();
  for (const file of await filesOf(settings.path)) {
    for await (const { record } of rowsOf(file, settings)) {
      const own = identifiersOf(record.canonical as Identified).map(({ kind, value }) => `${kind}:${value}`); // made from canonical fields
      if (![...own, `external-id:${record.externalId}`].some((form) => wanted.has(form))) continue;
      refs.set(`${record.kind}:${record.externalId}`, { kind: record.kind, externalId: record.externalId });
    }
  }
  return [...refs.values()];
}
