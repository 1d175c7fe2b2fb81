import { createHash } from 'node:crypto';
import type { SourceRecordDraft } from '../../domain/record/source-record.ts';
import type { Cursor, PullPage, RejectedDraft } from '../kit/contract.ts';
import { filesOf, hashOf, type SheetFile } from './files.ts';
import { tableRows } from './read-file.ts';
import { consentDrafts, readRow } from './row-record.ts';
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

/** Collects rows into pages. */
class Page {
  readonly records: SourceRecordDraft[] = [];
  readonly rejected: RejectedDraft[] = [];
  rows = 0;
}

/**
 * Lists every row when a file changed since the last run, and nothing when none did. Goes on in the middle of a run as long as the
 * files are the ones that the run began with.
 */
export async function* pullRows(settings: SheetSettings, cursor: Cursor | null, now: Date): AsyncGenerator<PullPage> {
  const files = await filesOf(settings.path);
  const hashes = await hashesOf(files);
  const before = cursor === null || cursor.version !== version || !('files' in cursor) ? undefined : (cursor as SheetCursor); // made below only
  const unchanged = before !== undefined && same(before.files, hashes);
  const nothing = { records: [], rejected: [], deleted: [] };
  if (unchanged && before.middle === undefined) {
    yield { ...nothing, cursor: before, last: true };
    return;
  }
  // a file that changed in the middle of a run: its first rows count as seen, so the next run must list all again
  const torn = before?.middle !== undefined && !unchanged;
  const start = unchanged ? before.middle : undefined;
  for (const [index, file] of files.entries()) {
    if (start !== undefined && index < start.file) continue;
    const skip = start?.file === index ? start.done : 0;
    const seen = new Set<string>();
    let page = new Page();
    let done = 0;
    for await (const { row, headings } of tableRows(file, settings)) {
      done += 1;
      const read = readRow(row, headings, settings, file.label);
      const double = 'record' in read && seen.has(read.record.externalId);
      if ('record' in read) seen.add(read.record.externalId);
      if (done <= skip) continue;
      page.rows += 1;
      if ('rejected' in read) page.rejected.push(read.rejected);
      else if (double) {
        const place = [file.label, row.sheet, `row ${row.number}`].filter((part) => part !== '').join(', ');
        page.rejected.push({
          externalId: place,
          reasonCode: 'duplicate-row',
          reason: `row ${row.number}: an earlier row has the same key`,
          raw: read.record.raw,
        });
        page.records.push(
          ...consentDrafts(read, settings, now).filter(
            ({ canonical }) => (canonical as { readonly answer: string }).answer === 'denied',
          ),
        );
      } else page.records.push(read.record, ...consentDrafts(read, settings, now));
      if (page.rows < pageRows) continue;
      yield {
        records: page.records,
        rejected: page.rejected,
        deleted: [],
        cursor: { version, files: hashes, middle: { file: index, done } },
        last: false,
      };
      page = new Page();
    }
    const isLast = index === files.length - 1;
    const after: SheetCursor = isLast
      ? { version, files: torn ? {} : hashes }
      : { version, files: hashes, middle: { file: index + 1, done: 0 } };
    yield {
      records: page.records,
      rejected: page.rejected,
      deleted: [],
      cursor: after,
      last: isLast,
      ...(isLast ? { complete: true } : {}),
    };
  }
}
