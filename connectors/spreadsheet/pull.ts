import { createHash } from 'node:crypto';
import type { SourceRecordDraft } from '../../domain/record/source-record.ts';
import type { Cursor, PullPage, RejectedDraft } from '../kit/contract.ts';
import { filesOf, hashOf, type SheetFile } from './files.ts';
import { tableRows } from './read-file.ts';
import { consentDrafts, type ReadRow, readRow } from './row-record.ts';
import type { SheetRow } from './row.ts';
import type { SheetSettings } from './settings.ts';

/** What was read: hash of each file under the hash of its name. In the middle of a run `done` rows of the file at `file` are stored. */
interface SheetCursor extends Cursor {
  readonly files: Readonly<Record<string, string>>;
  readonly middle?: { readonly file: number; readonly done: number };
}

const version = 1;
const pageRows = 500;

const nameHash = (label: string): string => createHash('sha256').update(label).digest('hex').slice(0, 16);

async function hashesOf(files: readonly SheetFile[]): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const { label, path } of files) hashes[nameHash(label)] = await hashOf(path);
  return hashes;
}

const same = (one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): boolean =>
  Object.keys(one).length === Object.keys(other).length && Object.entries(one).every(([name, hash]) => other[name] === hash);

/** A row whose key an earlier row has; named by its place, since the id is the other's. */
const doubleOf = ({ label }: SheetFile, { sheet, number }: SheetRow, raw: unknown): RejectedDraft => ({
  externalId: [label, sheet, `row ${number}`].filter((part) => part !== '').join(', '),
  reasonCode: 'duplicate-row',
  reason: `row ${number}: an earlier row has the same key`,
  raw,
});

/** Rows read so far of one page. */
class Page {
  readonly records: SourceRecordDraft[] = [];
  readonly rejected: RejectedDraft[] = [];
  rows = 0;

  add(file: SheetFile, row: SheetRow, read: ReadRow, isDouble: boolean, drafts: readonly SourceRecordDraft[]): void {
    this.rows += 1;
    if ('record' in read && !isDouble) {
      this.records.push(read.record, ...drafts);
      return;
    }
    this.rejected.push('rejected' in read ? read.rejected : doubleOf(file, row, read.record.raw));
    // an opt-out of a row that is kept aside is still one (rule 3); drafts are made by consentDrafts
    this.records.push(...drafts.filter(({ canonical }) => (canonical as { readonly answer: string }).answer === 'denied'));
  }

  at(cursor: SheetCursor): PullPage {
    return { records: this.records, rejected: this.rejected, deleted: [], cursor, last: cursor.middle === undefined };
  }
}

/** Pages of one file; the last of them may be short or empty, and comes with the number of rows read. */
async function* pagesOf(
  file: SheetFile,
  settings: SheetSettings,
  skip: number,
  now: Date,
): AsyncGenerator<{ readonly page: Page; readonly done: number; readonly ended: boolean }> {
  const seen = new Set<string>();
  let page = new Page();
  let done = 0;
  for await (const { row, headings } of tableRows(file, settings)) {
    done += 1;
    const read = readRow(row, headings, settings, file.label);
    const isDouble = 'record' in read && seen.has(read.record.externalId);
    if ('record' in read) seen.add(read.record.externalId);
    if (done <= skip) continue;
    page.add(file, row, read, isDouble, consentDrafts(read, settings, now));
    if (page.rows < pageRows) continue;
    yield { page, done, ended: false };
    page = new Page();
  }
  yield { page, done, ended: true };
}

/**
 * Lists every row when a file changed since the last run, and nothing when none did. Goes on in the middle of a run as long as the
 * files are the ones that the run began with.
 */
export async function* pullRows(settings: SheetSettings, cursor: Cursor | null, now: Date): AsyncGenerator<PullPage> {
  const files = await filesOf(settings.path);
  const hashes = await hashesOf(files);
  const known = cursor !== null && cursor.version === version && 'files' in cursor;
  const before = known ? (cursor as SheetCursor) : undefined; // made below only
  const unchanged = before !== undefined && same(before.files, hashes);
  if (unchanged && before.middle === undefined) {
    yield new Page().at(before);
    return;
  }
  // a file that changed in the middle of a run: its first rows count as seen, so the next run must list all again
  const torn = before?.middle !== undefined && !unchanged;
  const start = unchanged ? before.middle : undefined;
  for (const [index, file] of files.entries()) {
    if (start !== undefined && index < start.file) continue;
    for await (const { page, done, ended } of pagesOf(file, settings, start?.file === index ? start.done : 0, now)) {
      const over = ended && index === files.length - 1;
      const middle = ended ? { file: index + 1, done: 0 } : { file: index, done };
      if (over) yield { ...page.at({ version, files: torn ? {} : hashes }), complete: true };
      else yield page.at({ version, files: hashes, middle });
    }
  }
}
