import { createReadStream, openSync, readSync, closeSync } from 'node:fs';
import { unreadable } from '../read-file.ts';

export type Encoding = 'utf-8' | 'latin1' | 'utf-16le';

/** Bytes at the start of a file, for finding out what it is. */
function firstBytes(path: string): Buffer {
  const buffer = Buffer.alloc(4);
  const file = openSync(path, 'r');
  try {
    return buffer.subarray(0, readSync(file, buffer, 0, buffer.length, 0));
  } finally {
    closeSync(file);
  }
}

/** The encoding that a file's first bytes tell; undefined: UTF-8 unless it proves otherwise. */
export function markedEncoding(path: string): Encoding | undefined {
  try {
    const bytes = firstBytes(path);
    if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
    return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 'utf-8' : undefined;
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** The file is not written in the encoding it was read in. */
export class WrongEncoding extends Error {}

/**
 * The text of a file, piece by piece, without a byte order mark. Latin-1 is read as Windows-1252, which it is when it comes from Windows.
 * @throws WrongEncoding when bytes are not UTF-8
 */
export async function* textOf(path: string, encoding: Encoding): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding === 'latin1' ? 'windows-1252' : encoding, { fatal: encoding === 'utf-8' });
  const stream = createReadStream(path, { highWaterMark: 1 << 20 });
  try {
    for await (const chunk of stream) yield decode(() => decoder.decode(chunk as Buffer, { stream: true }));
  } catch (cause) {
    if (cause instanceof WrongEncoding) throw cause;
    throw unreadable(path, cause);
  }
  yield decode(() => decoder.decode());
}

function decode(read: () => string): string {
  try {
    return read();
  } catch (cause) {
    throw new WrongEncoding('not UTF-8', { cause });
  }
}
