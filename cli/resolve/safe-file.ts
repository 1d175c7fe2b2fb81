import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { CommandFailed } from '../connection.ts';

/** Bytes that are kept before they are written. */
const bufferedCharacters = 1 << 18;

/** A file that is there whole or not at all: written beside its place, and moved there at the end. Only its owner may read it. */
export class SafeFile {
  readonly path: string;
  readonly #beside: string;
  readonly #file: number;
  #buffer: string[] = [];
  #length = 0;

  constructor(path: string) {
    this.path = path;
    this.#beside = `${path}.${randomBytes(4).toString('hex')}.part`;
    try {
      this.#file = openSync(this.#beside, 'wx', 0o600);
    } catch (cause) {
      const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
      throw new CommandFailed(`file-unwritable: ${path}: ${code}. Does its folder exist, and may this user write there?`);
    }
  }

  write(line: string): void {
    this.#buffer.push(line);
    this.#length += line.length;
    if (this.#length >= bufferedCharacters) this.#flush();
  }

  #flush(): void {
    if (this.#length === 0) return;
    writeSync(this.#file, `${this.#buffer.join('\n')}\n`);
    this.#buffer = [];
    this.#length = 0;
  }

  /** Puts the file in its place. */
  finish(): void {
    this.#flush();
    fsyncSync(this.#file);
    closeSync(this.#file);
    renameSync(this.#beside, this.path);
  }

  /** Leaves nothing behind. */
  abandon(): void {
    closeSync(this.#file);
    rmSync(this.#beside, { force: true });
  }
}

/** One cell of a CSV file, in quotes where it must be (RFC 4180). */
export function csvCell(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Writes files together: all of them, or none. */
export function writeTogether(paths: readonly string[], write: (files: readonly SafeFile[]) => void): void {
  const files: SafeFile[] = [];
  try {
    for (const path of paths) files.push(new SafeFile(path));
    write(files);
  } catch (error) {
    for (const file of files) file.abandon();
    throw error;
  }
  for (const file of files) file.finish();
}
