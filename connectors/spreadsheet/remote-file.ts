import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { FichaError } from '../../domain/record/error.ts';
import type { Answer, Send } from '../kit/hooks.ts';
import { hashOf } from './files.ts';

const types: Readonly<Record<string, string>> = {
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  csv: 'text/csv',
};

/** What says that the server still has the version that was read: a strong ETag, else the time of its last change. */
const versionOf = ({ headers }: Answer): Readonly<Record<string, string>> => {
  const { etag = '', 'last-modified': time = '' } = headers;
  if (etag !== '' && !etag.startsWith('W/')) return { 'if-match': etag };
  if (time !== '') return { 'if-unmodified-since': time };
  throw new FichaError(
    'file-without-version',
    'the server tells neither an ETag nor a time of the linked file, so that a change of somebody else could be overwritten; nothing was written',
  );
};

const refusals: Readonly<Record<number, readonly [code: string, say: string, retry: 'now' | 'later' | 'never']>> = {
  404: ['file-missing', 'the linked file is not there, or the user may not read it; see config.url', 'later'],
  409: ['file-missing', 'the folder of the linked file is not there; see config.url', 'later'],
  412: ['changed-meanwhile', 'the linked file changed while it was being rewritten; it was left as it is', 'now'],
  423: ['file-open', 'somebody has the linked file open or locked; it is changed once they close it', 'later'],
};

/**
 * A file on a WebDAV server. Work is done on a copy of this process, which is put back only when the server still has the version that the
 * copy was made of, and is read again afterwards. RFC 4918, RFC 9110 section 13.
 */
export class RemoteFile {
  readonly #send: Send;
  readonly #name: string;
  #turn: Promise<unknown> = Promise.resolve();

  /** @param url the file's own address: what `server.url` is */
  constructor(send: Send, url: string) {
    this.#send = send;
    this.#name = basename(decodeURIComponent(new URL(url).pathname));
  }

  /** Does work on a fresh copy, one at a time, and puts back what it changed. The copy is gone afterwards. */
  async with<Result>(work: (path: string) => Promise<Result>): Promise<Result> {
    const mine = this.#turn.then(() => this.#worked(work));
    this.#turn = mine.catch(() => undefined);
    return await mine;
  }

  /** Lists a fresh copy; the copy is gone afterwards. */
  async *listing<Page>(pages: (path: string) => AsyncIterable<Page>): AsyncGenerator<Page> {
    const { path, drop } = await this.#copy();
    try {
      yield* pages(path);
    } finally {
      await drop();
    }
  }

  async #copy(): Promise<{ readonly path: string; readonly read: Answer; readonly drop: () => Promise<void> }> {
    const read = await this.#read();
    const folder = await mkdtemp(join(tmpdir(), 'ficha-sheet-')); // for this user alone
    const path = join(folder, this.#name);
    await writeFile(path, read.body as Uint8Array, { mode: 0o600 }); // asked for as bytes
    return { path, read, drop: () => rm(folder, { recursive: true, force: true }) };
  }

  async #worked<Result>(work: (path: string) => Promise<Result>): Promise<Result> {
    const { path, read, drop } = await this.#copy();
    try {
      const before = await hashOf(path);
      const result = await work(path);
      if ((await hashOf(path)) === before) return result;
      const bytes = await readFile(path);
      await this.#put(bytes, versionOf(read));
      if (bytes.equals((await this.#read()).body as Uint8Array)) return result;
      throw new FichaError('read-back-differs', 'the server took the new version of the linked file and holds another', {
        retry: 'later',
      });
    } finally {
      await drop();
    }
  }

  async #read(): Promise<Answer> {
    return this.#accepted(await this.#send({ method: 'GET', path: '', bytes: true, expect: [404] }));
  }

  async #put(body: Uint8Array, condition: Readonly<Record<string, string>>): Promise<void> {
    const type = types[this.#name.split('.').at(-1)?.toLowerCase() ?? ''] ?? 'application/octet-stream';
    const call = { method: 'PUT', path: '', raw: { type, body }, headers: condition, expect: [404, 409, 412, 423] } as const;
    this.#accepted(await this.#send(call));
  }

  #accepted(answer: Answer): Answer {
    const [code, say, retry] = refusals[answer.status] ?? [];
    if (code === undefined || say === undefined || retry === undefined) return answer;
    throw new FichaError(code, say, { retry });
  }
}
