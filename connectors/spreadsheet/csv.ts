import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { parse } from 'csv-parse';
import { FichaError } from '../../domain/record/error.ts';
import { harmless, type RowChange, type SheetRow } from './row.ts';

/** How a CSV file is written. */
interface Dialect {
  readonly encoding: 'utf-8' | 'windows-1252' | 'utf-16le' | 'utf-16be';
  readonly bom: boolean;
  readonly delimiter: string;
  /** The line end that the file uses first. */
  readonly lineEnd: string;
  readonly endsWithLineEnd: boolean;
}

interface Parsed {
  readonly record: readonly string[];
  readonly raw: string;
  readonly info: { readonly lines: number };
}

const headBytes = 256 * 1024;
const inQuotes = /"(?:[^"]|"")*"/g;

/** Looks at the whole file: one late letter read in the wrong encoding would be written back as another one. */
async function isUtf8(path: string): Promise<boolean> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) decoder.decode(chunk, { stream: true });
    decoder.decode();
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false; // what the decoder throws
    throw error;
  }
}

async function encodingOf(path: string, head: Buffer): Promise<Pick<Dialect, 'encoding' | 'bom'>> {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return { encoding: 'utf-8', bom: true };
  if (head[0] === 0xff && head[1] === 0xfe) return { encoding: 'utf-16le', bom: true };
  if (head[0] === 0xfe && head[1] === 0xff) return { encoding: 'utf-16be', bom: true };
  if (head[1] === 0 && head[3] === 0 && head.length > 3) return { encoding: 'utf-16le', bom: false };
  return { encoding: (await isUtf8(path)) ? 'utf-8' : 'windows-1252', bom: false };
}

/** The mark that parts the first lines into the most columns, the same number on each. */
function delimiterOf(head: string): string {
  const lines = head
    .split(/\r\n|\n|\r/)
    .filter((line) => line.trim() !== '')
    .slice(0, 20);
  const score = (mark: string): number => {
    const counts = lines.map((line) => line.replaceAll(inQuotes, '').split(mark).length - 1).filter((count) => count > 0);
    const usual = counts.toSorted((one, other) => one - other)[Math.floor(counts.length / 2)] ?? 0;
    return usual * counts.filter((count) => count === usual).length;
  };
  return [';', '\t', ',', '|'].reduce((best, mark) => (score(mark) > score(best) ? mark : best), ',');
}

async function dialectOf(path: string): Promise<Dialect> {
  const file = await open(path, 'r');
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    const head = buffer.subarray(0, bytesRead);
    const { encoding, bom } = await encodingOf(path, head);
    const text = new TextDecoder(encoding).decode(head);
    const { size } = await file.stat();
    const { buffer: tail } = await file.read(Buffer.alloc(2), 0, 2, Math.max(0, size - 2));
    return {
      encoding,
      bom,
      delimiter: delimiterOf(text),
      lineEnd: /\r\n|\n|\r/.exec(text.replaceAll(inQuotes, ''))?.[0] ?? '\r\n',
      endsWithLineEnd: /[\r\n]$/.test(new TextDecoder(encoding).decode(tail)),
    };
  } finally {
    await file.close();
  }
}

async function* decoded(path: string, encoding: Dialect['encoding']): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) yield decoder.decode(chunk, { stream: true });
  yield decoder.decode();
}

/** Records with their raw text, so that what is not changed is written back as it was. */
async function* records(path: string, { encoding, delimiter }: Dialect): AsyncGenerator<Parsed> {
  const parser = parse({
    delimiter,
    bom: true,
    raw: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: false,
    max_record_size: 1_000_000,
  });
  const fed = pipeline(decoded(path, encoding), parser);
  fed.catch(() => undefined); // the loop below gets the same error
  try {
    for await (const parsed of parser as AsyncIterable<Parsed>) yield parsed;
    await fed;
  } catch (cause) {
    const line = typeof cause === 'object' && cause !== null && 'lines' in cause ? ` near line ${String(cause.lines)}` : '';
    throw new FichaError(
      'csv-broken',
      `a linked CSV file cannot be read${line}: a quote is not closed, or a row is longer than 1 MB`,
      { cause },
    );
  }
}

const isEmpty = (record: readonly string[]): boolean => record.every((text) => text.trim() === '');

/** The rows of a CSV file that are not empty, numbered by record. */
export async function* readCsv(path: string): AsyncGenerator<SheetRow> {
  let number = 0;
  for await (const { record } of records(path, await dialectOf(path))) {
    number += 1;
    if (!isEmpty(record)) yield { sheet: '', number, cells: record, from1904: false };
  }
}

const cp1252 = new Map(
  Array.from(
    { length: 32 },
    (_, index) => [new TextDecoder('windows-1252').decode(Buffer.of(0x80 + index)), 0x80 + index] as const,
  ),
);

const inCp1252 = (text: string): Buffer =>
  Buffer.from(Array.from(text, (letter) => cp1252.get(letter) ?? (letter.charCodeAt(0) < 256 ? letter.charCodeAt(0) : 0x3f)));

const encoded = (text: string, encoding: Dialect['encoding']): Buffer => {
  if (encoding === 'utf-8') return Buffer.from(text, 'utf8');
  if (encoding === 'windows-1252') return inCp1252(text);
  const bytes = Buffer.from(text, 'utf16le');
  return encoding === 'utf-16le' ? bytes : bytes.swap16();
};

const quoted = (text: string, delimiter: string): string =>
  text.includes('"') || text.includes(delimiter) || /[\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;

/** The record with the change made; undefined when it goes. */
function changed({ record, raw }: Parsed, change: RowChange | undefined, { delimiter }: Dialect): string | undefined {
  if (change === undefined) return raw.replace(/[\r\n]+$/, ''); // the parser leaves half of a line end
  const { set } = change;
  if (set === undefined) return undefined;
  const cells = [...record];
  for (const [column, text] of set) {
    while (cells.length <= column) cells.push('');
    cells[column] = harmless(text);
  }
  return cells.map((text) => quoted(text, delimiter)).join(delimiter);
}

/** Writes a copy of a CSV file with some rows changed or left out; every other row stays byte for byte, in the file's encoding and with its line end. */
export async function writeCsv(from: string, to: string, changes: readonly RowChange[]): Promise<void> {
  const dialect = await dialectOf(from);
  const byNumber = new Map(changes.map((change) => [change.number, change]));
  async function* bytes(): AsyncGenerator<Buffer> {
    if (dialect.bom) yield encoded('\ufeff', dialect.encoding);
    let number = 0;
    let between = '';
    for await (const parsed of records(from, dialect)) {
      number += 1;
      const text = changed(parsed, byNumber.get(number), dialect);
      if (text === undefined) continue;
      yield encoded(between + text, dialect.encoding);
      between = dialect.lineEnd;
    }
    if (dialect.endsWithLineEnd) yield encoded(dialect.lineEnd, dialect.encoding);
  }
  await pipeline(bytes(), createWriteStream(to, { mode: 0o600 }));
}
