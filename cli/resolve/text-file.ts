import { isUtf8 } from 'node:buffer';
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
  const decoder = encoding === 'utf-8' ? new Utf8Pieces() : new TextDecoder(encoding === 'latin1' ? 'windows-1252' : encoding);
  const stream = createReadStream(path, { highWaterMark: 1 << 20 });
  try {
    for await (const chunk of stream) yield decoder.decode(chunk as Buffer, { stream: true });
  } catch (cause) {
    if (cause instanceof WrongEncoding) throw cause;
    throw unreadable(path, cause);
  }
  yield decoder.decode();
}

const byteOrderMark = '\ufeff';

/**
 * Decodes UTF-8 piece by piece. TextDecoder makes two bytes of every letter; a text that Latin-1 can hold takes one here, and so do the
 * millions of cells that are cut out of it.
 */
class Utf8Pieces {
  #rest: Buffer = Buffer.alloc(0);
  #isFirst = true;

  /** @throws WrongEncoding */
  decode(chunk: Buffer = Buffer.alloc(0), { stream = false } = {}): string {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const end = stream ? wholeLetters(bytes) : bytes.length;
    const piece = bytes.subarray(0, end);
    if (!isUtf8(piece)) throw new WrongEncoding('not UTF-8');
    this.#rest = bytes.subarray(end);
    const text = piece.toString('utf8');
    const isMarked = this.#isFirst && text.startsWith(byteOrderMark);
    if (end > 0) this.#isFirst = false;
    return isMarked ? text.slice(1) : text;
  }
}

/** How many of the bytes are whole letters: the last one may go on in the next piece. */
function wholeLetters(bytes: Buffer): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0b1100_0000) === 0b1000_0000) continue; // goes on from the byte before
    const length = byte >= 0b1111_0000 ? 4 : byte >= 0b1110_0000 ? 3 : byte >= 0b1100_0000 ? 2 : 1;
    return length > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}
