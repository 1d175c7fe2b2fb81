import { heartbeat } from '@temporalio/activity';
import type { HeldFile, HeldFiles } from '../../connectors/kit/contract.ts';
import { contextOf, mentionsIn, type Subject } from '../../domain/privacy/mentions.ts';
import { openFileReader } from '../../platform/file-text/file-reader.ts';
import { openWith, sealFor } from '../../platform/subject-key.ts';
import { workLines } from '../../store/read/plan-lines.ts';
import { requiredRequest } from '../../store/read/privacy-requests.ts';
import { subjectKeyOf } from '../../store/read/subject-keys.ts';
import { addEvidence } from '../../store/write/evidence.ts';
import { recordHash } from '../../store/write/tombstones.ts';
import type { Deps } from '../deps.ts';
import { subjectOf } from './find-mentions.ts';
import { queryOf, withSystem } from './line-work.ts';
import { askAboutMentions } from './mention-questions.ts';

/** More than this is not read through for one request: what is left goes to a person, with the rest. */
const bounds = { files: 20_000, bytes: 2_000_000_000, ms: 8 * 60_000 };
const mostBytesOfOne = 20_000_000;

interface Spent {
  files: number;
  bytes: number;
  unread: number;
}

const readable = ({ elsewhere, size }: HeldFile): boolean => elsewhere !== true && (size ?? 0) <= mostBytesOfOne;

const isOver = ({ files, bytes }: Spent, since: number): boolean =>
  files > bounds.files || bytes > bounds.bytes || Date.now() - since > bounds.ms;

/** The name and the words of every file that can be read, one after the other; what cannot be is counted. */
async function* fileTexts(
  files: HeldFiles,
  isTheirs: (file: HeldFile) => boolean,
  spent: Spent,
): AsyncGenerator<{ readonly file: HeldFile; readonly text: string }> {
  const since = Date.now();
  const reader = openFileReader({ mostBytes: mostBytesOfOne });
  try {
    for await (const file of files.list()) {
      spent.files += 1;
      if (isTheirs(file)) continue; // it goes with the record, and the plan says so
      if (isOver(spent, since)) {
        spent.unread += 1;
        return;
      }
      heartbeat();
      const held = readable(file) ? await files.read(file.id) : undefined;
      if (held === undefined && readable(file)) continue; // gone meanwhile
      spent.bytes += held?.bytes.length ?? 0;
      const text = held && (await reader.text(held));
      if (text === undefined) spent.unread += 1;
      yield { file, text: `${file.name}\n${text ?? ''}` };
    }
  } finally {
    reader.close();
  }
}

/** How many places of the person one file still holds; undefined when it cannot be read. */
export const placesInFile = (
  deps: Deps,
  { systemId, sealedId, key }: { readonly systemId: string; readonly sealedId: Buffer; readonly key: Buffer },
  subject: Subject,
): Promise<number | undefined> =>
  withSystem(deps, systemId, async ({ files }) => {
    const id = openWith(key, sealedId).toString('utf8');
    if (files === undefined) return undefined;
    const held = await files.read(id);
    if (held === undefined) return 0; // the file is gone
    const reader = openFileReader({ mostBytes: mostBytesOfOne });
    try {
      const text = await reader.text(held);
      return text === undefined ? undefined : mentionsIn(`${held.name}\n${text}`, subject).length;
    } finally {
      reader.close();
    }
  });

export const searchFileActivities = (deps: Deps) => ({
  /**
   * Looks for the person in the files that one system keeps of others: in their names and in what is written in them. Each file that may
   * speak of the person goes to a reviewer with the words around it, sealed under the person's key. How many could not be read is kept as
   * evidence: those stay a person's to search. Done once a request; a try that broke off begins anew and asks nothing twice.
   */
  searchFiles: ({ requestId, systemId }: { readonly requestId: string; readonly systemId: string }) =>
    withSystem(deps, systemId, async (system): Promise<{ readonly files: number; readonly unread: number }> => {
      const { files } = system;
      if (files === undefined) return { files: 0, unread: 0 };
      const subject = await subjectOf(deps, await requiredRequest(deps.db, requestId));
      const key = await subjectKeyOf(deps.db, deps.keys, requestId);
      const planned = new Set((await workLines(deps.db, requestId, systemId)).map((line) => line.recordHash));
      const isTheirs = ({ of }: HeldFile): boolean =>
        of !== null && planned.has(recordHash(deps.keys, systemId, of.kind, of.externalId).toString('hex'));
      const spent: Spent = { files: 0, bytes: 0, unread: 0 };
      for await (const { file, text } of fileTexts(files, isTheirs, spent)) {
        const mentions = mentionsIn(text, subject);
        if (mentions.length === 0) continue;
        const mention = {
          requestId,
          sourceRecordId: null,
          recordHash: recordHash(deps.keys, systemId, 'document', `file ${file.id}`),
          field: 'file',
          how: [...new Set(mentions.map(({ how }) => how))],
          context: sealFor(key, Buffer.from(`${file.name}: ${contextOf(text, mentions)}`)),
          file: { systemId, sealedId: sealFor(key, Buffer.from(file.id)) },
        };
        await deps.db.transaction((tx) => askAboutMentions(tx, [{ systemId, mention }], deps.now()));
      }
      const result = spent.unread === 0 ? 'searched' : 'searched-in-part';
      const counts = { countBefore: spent.files, countAfter: spent.unread };
      await deps.db.transaction((tx) =>
        addEvidence(tx, { requestId, systemId, verb: 'search', query: queryOf(system), result, ...counts, at: deps.now() }),
      );
      return { files: spent.files, unread: spent.unread };
    }),
});
