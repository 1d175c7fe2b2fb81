import { CommandFailed } from '../connection.ts';
import { type Encoding, textOf } from './text-file.ts';

/** One row of a file: the line it starts on, and its cells in the order of the header. */
export interface Row {
  readonly line: number;
  readonly cells: readonly string[];
}

export type Delimiter = ',' | ';' | '\t' | '|';

/** A row longer than this is a quote that was never closed. */
const longestRow = 1 << 20;

/** What stands between the cells: whatever the first line holds most of, outside quotes. */
export function delimiterOf(header: string): Delimiter {
  const bare = header.replaceAll(/"[^"]*"/g, '');
  const counted = ([',', ';', '\t', '|'] as const).map((mark) => ({ mark, count: bare.split(mark).length }));
  return counted.reduce((best, one) => (one.count > best.count ? one : best)).mark;
}

/** Cells of one row; a cell in quotes may hold the delimiter, line ends and doubled quotes (RFC 4180). */
export function cellsOf(row: string, delimiter: string): string[] {
  if (!row.includes('"')) return row.split(delimiter);
  const cells: string[] = [];
  let at = 0;
  while (at <= row.length) {
    const start = row[at] === '"' ? at : quoteAfterSpace(row, at);
    if (start < 0) {
      const end = row.indexOf(delimiter, at);
      cells.push(row.slice(at, end < 0 ? row.length : end));
      if (end < 0) break;
      at = end + 1;
      continue;
    }
    let end = start + 1;
    while (end < row.length && (row[end] !== '"' || row[end + 1] === '"')) end += row[end] === '"' ? 2 : 1;
    cells.push(row.slice(start + 1, end).replaceAll('""', '"'));
    const next = row.indexOf(delimiter, end + 1);
    if (next < 0) break;
    at = next + 1;
  }
  return cells;
}

/** `, "x"`: some programs leave a space before the quote. */
function quoteAfterSpace(row: string, at: number): number {
  if (row[at] !== ' ') return -1;
  let place = at;
  while (row[place] === ' ') place += 1;
  return row[place] === '"' ? place : -1;
}

/** `sep=;`: a line for Excel, before the header. */
const excelHint = /^sep=.$/;

const quotesIn = (text: string): number => {
  let count = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) count += 1;
  return count;
};

/**
 * The rows of a CSV file as text, header first, in batches of what was read at once. Lines may end in LF or CRLF; empty lines are left out.
 * Memory: one piece of the file.
 */
async function* rawRows(path: string, encoding: Encoding): AsyncGenerator<{ readonly line: number; readonly text: string }[]> {
  let rest = '';
  let line = 1;
  let open: { readonly line: number; text: string } | undefined;
  const take = (text: string, batch: { readonly line: number; readonly text: string }[]): void => {
    const here = line;
    line += 1;
    const clean = text.endsWith('\r') ? text.slice(0, -1) : text;
    if (open !== undefined) {
      open.text += `\n${clean}`;
      if (open.text.length > longestRow)
        throw new CommandFailed(
          `csv-quote-open: ${path}, line ${open.line}: a quote is opened and never closed. Close or double it.`,
        );
      if (quotesIn(clean) % 2 === 0) return;
      batch.push(open);
      open = undefined;
    } else if (clean.includes('"') && quotesIn(clean) % 2 === 1) open = { line: here, text: clean };
    else if (clean !== '' && !(here === 1 && excelHint.test(clean))) batch.push({ line: here, text: clean });
  };
  for await (const piece of textOf(path, encoding)) {
    const text = rest + piece;
    const batch: { readonly line: number; readonly text: string }[] = [];
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      take(text.slice(from, end), batch);
      from = end + 1;
    }
    rest = text.slice(from);
    if (batch.length > 0) yield batch;
  }
  const last: { readonly line: number; readonly text: string }[] = [];
  if (rest !== '') take(rest, last);
  if (open !== undefined)
    throw new CommandFailed(
      `csv-quote-open: ${path}, line ${open.line}: a quote is opened and never closed. Close or double it.`,
    );
  if (last.length > 0) yield last;
}

/** The first row of a CSV file as text; undefined when the file is empty. */
export async function csvHeader(path: string, encoding: Encoding): Promise<string | undefined> {
  for await (const [first] of rawRows(path, encoding)) return first?.text;
  return undefined;
}

/**
 * The rows of a CSV file after its header, in batches. Cells that are missing at the end of a row are empty.
 * @param width cells of the header; a row with more is an error, since nobody can tell which cell is what
 */
export async function* csvRows(path: string, encoding: Encoding, delimiter: Delimiter, width: number): AsyncGenerator<Row[]> {
  let first = true;
  for await (const batch of rawRows(path, encoding)) {
    const rows: Row[] = [];
    for (const { line, text } of batch) {
      if (first) {
        first = false;
        continue;
      }
      const cells = cellsOf(text, delimiter);
      if (cells.length > width)
        throw new CommandFailed(
          `csv-row-too-long: ${path}, line ${line}: ${cells.length} cells, the header has ${width}. ` +
            `Put a cell that holds ${delimiter === '\t' ? 'a tab' : `"${delimiter}"`} in double quotes.`,
        );
      rows.push({ line, cells });
    }
    if (rows.length > 0) yield rows;
  }
}
