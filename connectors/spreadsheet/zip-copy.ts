import { type FileHandle, open } from 'node:fs/promises';
import { pipeline, Readable } from 'node:stream';
import { crc32, createDeflateRaw } from 'node:zlib';
import { entryBytes, type ZipDirectory, type ZipEntry } from './zip-directory.ts';

/** What an entry's bytes come to. */
interface Packed {
  readonly crc: number;
  readonly packed: number;
  readonly unpacked: number;
}

const utf8Names = 0x0800;

/** @see PKWARE APPNOTE 4.3.7 */
function localHeader(name: Buffer, { method, time }: ZipEntry, { crc, packed, unpacked }: Packed): Buffer {
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(20, 4);
  header.writeUInt16LE(utf8Names, 6);
  header.writeUInt16LE(method, 8);
  header.writeUInt32LE(time, 10);
  header.writeUInt32LE(crc, 14);
  header.writeUInt32LE(packed, 18);
  header.writeUInt32LE(unpacked, 22);
  header.writeUInt16LE(name.length, 26);
  return Buffer.concat([header, name]);
}

/** @see PKWARE APPNOTE 4.3.12 */
function directoryRecord(name: Buffer, entry: ZipEntry, { crc, packed, unpacked }: Packed, at: number): Buffer {
  const record = Buffer.alloc(46);
  record.writeUInt32LE(0x02014b50, 0);
  record.writeUInt16LE(20, 4);
  record.writeUInt16LE(20, 6);
  record.writeUInt16LE(utf8Names, 8);
  record.writeUInt16LE(entry.method, 10);
  record.writeUInt32LE(entry.time, 12);
  record.writeUInt32LE(crc, 16);
  record.writeUInt32LE(packed, 20);
  record.writeUInt32LE(unpacked, 24);
  record.writeUInt16LE(name.length, 28);
  record.writeUInt32LE(at, 42);
  return Buffer.concat([record, name]);
}

/** @see PKWARE APPNOTE 4.3.16 */
function endRecord(records: number, length: number, at: number): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(records, 8);
  end.writeUInt16LE(records, 10);
  end.writeUInt32LE(length, 12);
  end.writeUInt32LE(at, 16);
  return end;
}

/** Writes a workbook entry by entry. */
export class ZipCopy {
  readonly #file: FileHandle;
  readonly #from: string;
  readonly #directory: ZipDirectory;
  readonly #records: Buffer[] = [];
  #at = 0;

  private constructor(file: FileHandle, from: string, directory: ZipDirectory) {
    this.#file = file;
    this.#from = from;
    this.#directory = directory;
  }

  /** Writes to a new file. Call `end`, also when something fails. */
  static async open(from: string, directory: ZipDirectory, to: string): Promise<ZipCopy> {
    return new ZipCopy(await open(to, 'wx'), from, directory);
  }

  /** Takes an entry over as it is, packed as it is. */
  async keep(name: string): Promise<void> {
    const entry = this.#entry(name);
    const bytes = await entryBytes(this.#from, this.#directory, name);
    await this.#add(name, entry, () => bytes, { crc: entry.crc, packed: entry.packed, unpacked: entry.unpacked });
  }

  /** Writes an entry anew. */
  async write(name: string, text: AsyncIterable<string>): Promise<void> {
    const entry = { ...this.#entry(name), method: 8 };
    const seen = { crc: 0, unpacked: 0, packed: 0 };
    const unpacked = async function* (): AsyncGenerator<Buffer> {
      for await (const part of text) {
        const bytes = Buffer.from(part, 'utf8');
        seen.crc = crc32(bytes, seen.crc);
        seen.unpacked += bytes.length;
        yield bytes;
      }
    };
    const packed = async function* (): AsyncGenerator<Buffer> {
      const deflating = createDeflateRaw();
      pipeline(Readable.from(unpacked()), deflating, () => undefined); // an error reaches the reader through the last stream
      for await (const bytes of deflating as AsyncIterable<Buffer>) {
        seen.packed += bytes.length;
        yield bytes;
      }
    };
    await this.#add(name, entry, packed, seen);
  }

  /** Writes the directory. */
  async finish(): Promise<void> {
    const records = Buffer.concat(this.#records);
    await this.#put(Buffer.concat([records, endRecord(this.#records.length, records.length, this.#at)]), this.#at);
  }

  async end(): Promise<void> {
    await this.#file.close();
  }

  #entry(name: string): ZipEntry {
    const entry = this.#directory.entries.get(name);
    if (entry === undefined) throw new Error(`zip-copy: no entry ${name}`);
    return entry;
  }

  async #put(bytes: Buffer, at: number): Promise<void> {
    await this.#file.write(bytes, 0, bytes.length, at);
  }

  /** The header is written last, where its place was left: it says how long the bytes are. */
  async #add(name: string, entry: ZipEntry, bytes: () => AsyncIterable<Buffer>, size: Packed): Promise<void> {
    const named = Buffer.from(name, 'utf8');
    const start = this.#at;
    let at = start + 30 + named.length;
    for await (const part of bytes()) {
      await this.#put(part, at);
      at += part.length;
    }
    await this.#put(localHeader(named, entry, size), start);
    this.#records.push(directoryRecord(named, entry, size, start));
    this.#at = at;
  }
}
