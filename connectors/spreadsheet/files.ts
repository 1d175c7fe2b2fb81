import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, open, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { FichaError } from '../../domain/record/error.ts';

/** One file of a linked path. `label` is '' for a single file, and names the file among others. */
export interface SheetFile {
  readonly path: string;
  readonly label: string;
  readonly format: 'xlsx' | 'csv';
}

const formats: Readonly<Record<string, SheetFile['format']>> = {
  '.xlsx': 'xlsx',
  '.xlsm': 'xlsx',
  '.csv': 'csv',
  '.txt': 'csv',
  '.tsv': 'csv',
};
const mostBytes = 512 * 1024 * 1024;

/** Files that office programs and this connector keep beside the real ones. */
const isPassing = (name: string): boolean => name.startsWith('~$') || name.startsWith('.');

const formatOf = (path: string): SheetFile['format'] => {
  const format = formats[extname(path).toLowerCase()];
  if (format !== undefined) return format;
  throw new FichaError('file-unreadable', 'the linked file is neither .xlsx nor .csv; save it as one of them');
};

/**
 * The files of a linked path, by name. A link is followed: replacing the link itself would leave the person in the file behind it.
 * @throws FichaError `file-missing`, which is not the same as an empty file: nothing counts as deleted
 */
export async function filesOf(path: string): Promise<readonly SheetFile[]> {
  const missing = (cause: unknown): FichaError =>
    new FichaError('file-missing', 'the linked file or folder is not there, or the worker may not read it; see config.path', {
      retry: 'later',
      cause,
    });
  const found = await stat(path).catch((cause: unknown) => {
    throw missing(cause);
  });
  if (!found.isDirectory()) return [{ path: await realpath(path), label: '', format: formatOf(path) }];
  const names = (await readdir(path))
    .filter((name) => !isPassing(name) && formats[extname(name).toLowerCase()] !== undefined)
    .sort();
  if (names.length === 0)
    throw new FichaError('file-missing', 'the linked folder holds no .xlsx or .csv file; see config.path', { retry: 'later' });
  const fileOf = async (name: string): Promise<SheetFile> => ({
    path: await realpath(join(path, name)),
    label: name,
    format: formatOf(name),
  });
  return await Promise.all(names.map(fileOf));
}

/** SHA-256 of a file, hex. @throws FichaError `file-too-large` */
export async function hashOf(path: string): Promise<string> {
  if ((await stat(path)).size > mostBytes)
    throw new FichaError('file-too-large', `a linked file is larger than ${mostBytes} bytes; split it`);
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) hash.update(chunk);
  return hash.digest('hex');
}

const lockNames = (name: string): readonly string[] => [`~$${name}`, `.~lock.${name}#`];

/** An office program that has the file open would write its own copy over ours. */
async function refuseWhenOpen(path: string): Promise<void> {
  for (const name of lockNames(basename(path))) {
    const there = await access(join(dirname(path), name)).then(
      () => true,
      () => false,
    );
    if (there)
      throw new FichaError('file-open', 'somebody has the linked file open; it is changed once they close it', {
        retry: 'later',
      });
  }
}

const turns = new Map<string, Promise<unknown>>();

/** One change of a file at a time in this process. */
export async function inTurn<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  const mine = (turns.get(path) ?? Promise.resolve()).then(work, work);
  turns.set(
    path,
    mine.catch(() => undefined),
  );
  return await mine;
}

/**
 * Puts a new version in the place of a file: written beside it, flushed to the disk, renamed. Refused when the file is no longer the
 * one that the change was made from.
 * @param write writes the new version to the path given
 * @throws FichaError `changed-meanwhile`, `file-open`
 */
export async function replaceFile(path: string, madeFrom: string, write: (beside: string) => Promise<void>): Promise<void> {
  await inTurn(`replace ${path}`, () => replaced(path, madeFrom, write)); // two linked systems may hold the same file
}

async function replaced(path: string, madeFrom: string, write: (beside: string) => Promise<void>): Promise<void> {
  const beside = join(dirname(path), `.ficha-${randomUUID()}-${basename(path)}`);
  try {
    await refuseWhenOpen(path);
    await write(beside);
    const { mode } = await stat(path);
    const file = await open(beside, 'r+');
    await file.chmod(mode);
    await file.sync();
    await file.close();
    await refuseWhenOpen(path);
    if ((await hashOf(path)) !== madeFrom) {
      throw new FichaError('changed-meanwhile', 'the linked file changed while it was being rewritten; it was left as it is', {
        retry: 'now',
      });
    }
    await rename(beside, path);
    const folder = await open(dirname(path), 'r');
    await folder.sync();
    await folder.close();
  } finally {
    await rm(beside, { force: true });
  }
}
