import { createReadStream } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { FichaError } from '../domain/record/error.ts';
import type { KeyRing } from '../platform/keys.ts';
import type { BackupLine } from '../store/backup/dump.ts';

/** What every backup begins with, in clear: the format. */
const magic = Buffer.from('ficha-backup-1\n');
const LENGTH_BYTES = 4;
const MAX_FRAME_BYTES = 512 * 1024 * 1024;

/** Frames are bound to their place: one that is moved, repeated or left out does not open. */
const placeOf = (frame: number): string => `backup/${frame}`;

/**
 * Writes lines as sealed frames: each is compressed, then encrypted under the master key. The file is readable by its owner only, and
 * whole or not there: it is made beside its place and moved when it is done.
 * @returns bytes written
 */
export async function writeBackup(path: string, keys: KeyRing, lines: AsyncIterable<BackupLine>): Promise<number> {
  const part = `${path}.part`;
  const file = await open(part, 'w', 0o600);
  let bytes = magic.length;
  try {
    await file.write(magic);
    let frame = 0;
    for await (const line of lines) {
      const sealed = keys.encrypt(gzipSync(JSON.stringify(line), { level: 3 }), placeOf(frame));
      const length = Buffer.alloc(LENGTH_BYTES);
      length.writeUInt32BE(sealed.length);
      await file.writev([length, sealed]);
      bytes += LENGTH_BYTES + sealed.length;
      frame += 1;
    }
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(part, path);
  return bytes;
}

const cut = (path: string): FichaError => new FichaError('backup-cut', `${path} is not a whole backup of Ficha`);

/**
 * Reads the lines of a backup back.
 * @throws FichaError `backup-cut`, `key-unknown`, `sealed-data-damaged`, `file-unreadable`
 */
export async function* readBackup(path: string, keys: KeyRing): AsyncGenerator<BackupLine> {
  let held = Buffer.alloc(0);
  let frame = -1;
  const source = createReadStream(path, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>;
  try {
    for await (const chunk of source) {
      held = Buffer.concat([held, chunk]);
      if (frame < 0) {
        if (held.length < magic.length) continue;
        if (!held.subarray(0, magic.length).equals(magic)) throw cut(path);
        held = held.subarray(magic.length);
        frame = 0;
      }
      for (;;) {
        if (held.length < LENGTH_BYTES) break;
        const length = held.readUInt32BE();
        if (length > MAX_FRAME_BYTES) throw cut(path);
        if (held.length < LENGTH_BYTES + length) break;
        const plain = keys.decrypt(held.subarray(LENGTH_BYTES, LENGTH_BYTES + length), placeOf(frame));
        held = held.subarray(LENGTH_BYTES + length);
        frame += 1;
        yield JSON.parse(gunzipSync(plain).toString('utf8')) as BackupLine; // sealed by writeBackup: what opens was written by it
      }
    }
  } catch (error) {
    if (error instanceof FichaError) throw error;
    throw new FichaError('file-unreadable', `${path} cannot be read`, { cause: error });
  }
  if (frame < 0 || held.length > 0) throw cut(path);
}
