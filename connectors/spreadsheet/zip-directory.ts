import { type FileHandle, open } from 'node:fs/promises';
import { pipeline, Readable, Transform } from 'node:stream';
import { createInflateRaw } from 'node:zlib';
import { FichaError } from '../../domain/record/error.ts';

export interface ZipEntry {
  /** When it was written, and its checksum, as the directory has them. */
  readonly time: number;
  readonly crc: number;
  readonly packed: number;
  readonly unpacked: number;
  readonly method: number;
  /** Where its local header begins. */
  readonly at: number;
}

/** What a workbook holds. */
export interface ZipDirectory {
  /** By name. */
  readonly entries: ReadonlyMap<string, ZipEntry>;
  /** Which file it is of: a workbook may be replaced while it is read. */
  readonly version: string;
}

const mostUnpacked = 1024 * 1024 * 1024;
const mostRatio = 300;
const unreadable = (why: string): FichaError => new FichaError('workbook-unreadable', `a linked workbook ${why}`);

const versionOf = async (file: FileHandle): Promise<string> => {
  const { ino, mtimeMs, size } = await file.stat();
  return `${ino}/${mtimeMs}/${size}`;
};

/** Entries of a central directory. @see PKWARE APPNOTE 4.3.12 */
function entriesOf(directory: Buffer): Map<string, ZipEntry> {
  const entries = new Map<string, ZipEntry>();
  for (let at = 0; at + 46 <= directory.length && directory.readUInt32LE(at) === 0x02014b50; ) {
    const nameLength = directory.readUInt16LE(at + 28);
    entries.set(directory.toString('utf8', at + 46, at + 46 + nameLength), {
      time: directory.readUInt32LE(at + 12),
      crc: directory.readUInt32LE(at + 16),
      packed: directory.readUInt32LE(at + 20),
      unpacked: directory.readUInt32LE(at + 24),
      method: directory.readUInt16LE(at + 10),
      at: directory.readUInt32LE(at + 42),
    });
    at += 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

/**
 * Reads the directory of a workbook before anything is unpacked. What is no workbook, is encrypted, or unpacks to too much is refused.
 * @throws FichaError `workbook-unreadable`
 */
export async function readDirectory(path: string): Promise<ZipDirectory> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const first = (await file.read(Buffer.alloc(4), 0, 4, 0)).buffer.readUInt32LE(0);
    if (first === 0xe011cfd0)
      throw unreadable('is protected by a password, or in the old .xls format; save it as .xlsx without one');
    if (first !== 0x04034b50) throw unreadable('is damaged: it is no .xlsx file');
    const tail = Buffer.alloc(Math.min(size, 66_000));
    await file.read(tail, 0, tail.length, size - tail.length);
    const end = tail.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
    if (end < 0 || end + 22 > tail.length) throw unreadable('is damaged: its end is missing');
    const directory = Buffer.alloc(Math.min(tail.readUInt32LE(end + 12), 16_000_000));
    await file.read(directory, 0, directory.length, tail.readUInt32LE(end + 16));
    const entries = entriesOf(directory);
    const unpacked = [...entries.values()].reduce((sum, entry) => sum + entry.unpacked, 0);
    if (unpacked > mostUnpacked || (unpacked > 50_000_000 && unpacked > size * mostRatio)) {
      throw unreadable(`unpacks to ${unpacked} bytes, which is too much for its size`);
    }
    return { entries, version: await versionOf(file) };
  } finally {
    await file.close();
  }
}

/** Ends the stream when it gives more than the directory said: a directory can lie. */
const atMost = (bytes: number): Transform => {
  let seen = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      seen += chunk.length;
      done(seen > bytes ? unreadable('unpacks to more than it says') : null, chunk);
    },
  });
};

/**
 * The bytes of one entry as they are packed.
 * @throws FichaError `workbook-unreadable` when it is not there, `changed-meanwhile` when the file is another one by now
 */
export async function entryBytes(path: string, { entries, version }: ZipDirectory, name: string): Promise<Readable> {
  const entry = entries.get(name);
  if (entry === undefined || ![0, 8].includes(entry.method)) throw unreadable('is damaged: a part of it is missing');
  const file = await open(path, 'r');
  if ((await versionOf(file)) !== version) {
    await file.close();
    throw new FichaError('changed-meanwhile', 'the linked workbook was replaced while it was being read', { retry: 'now' });
  }
  if (entry.packed === 0) {
    await file.close();
    return Readable.from([]);
  }
  const header = Buffer.alloc(30);
  await file.read(header, 0, 30, entry.at);
  const start = entry.at + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  return file.createReadStream({ start, end: start + entry.packed - 1 }); // closes the file at its end
}

/**
 * The unpacked bytes of one entry.
 * @throws FichaError as `entryBytes`
 */
export async function entryStream(path: string, directory: ZipDirectory, name: string): Promise<Readable> {
  const packed = await entryBytes(path, directory, name);
  const { method = 0, unpacked = 0 } = directory.entries.get(name) ?? {};
  const counted = atMost(unpacked);
  // an error reaches the reader through the last stream
  if (method === 0) pipeline(packed, counted, () => undefined);
  else pipeline(packed, createInflateRaw(), counted, () => undefined);
  return counted;
}
