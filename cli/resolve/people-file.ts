import { basename } from 'node:path';
import type { ColumnMap } from '../../schemas/types.ts';
import { CommandFailed } from '../connection.ts';
import { type Columns, placeColumns } from './column-map.ts';
import { cellsOf, csvHeader, csvRows, type Delimiter, delimiterOf } from './csv-rows.ts';
import { DraftReader, unitSeparator } from './draft.ts';
import { type JsonRow, jsonRows } from './json-rows.ts';
import { type Encoding, markedEncoding, WrongEncoding } from './text-file.ts';

/** One row as its parts: one, or one for each name and address in a features format. */
export interface PeopleRow {
  readonly line: number;
  readonly parts: readonly (readonly string[])[];
}

/** A file of people and companies, its header understood. */
export interface PeopleFile {
  readonly path: string;
  readonly columns: readonly string[];
  readonly placed: Columns;
  readonly encoding: Encoding;
  readonly reader: DraftReader;
  /** Every row from the start, in batches; may be asked for again. */
  readonly rows: () => AsyncGenerator<readonly PeopleRow[]>;
}

/**
 * Opens a file and places its columns; CSV by default, JSON Lines when its name ends in .jsonl or .ndjson.
 * @throws CommandFailed naming the file and the way out: unreadable, empty, no record_id, unknown header
 */
export async function openPeopleFile(path: string, map: ColumnMap): Promise<PeopleFile> {
  const encoding = map.encoding ?? markedEncoding(path) ?? 'utf-8';
  try {
    return await opened(path, map, encoding);
  } catch (error) {
    if (error instanceof WrongEncoding && map.encoding === undefined) return await opened(path, map, 'latin1');
    if (error instanceof WrongEncoding)
      throw new CommandFailed(
        `file-encoding: ${path} is not ${encoding}, as the map says. Say \`encoding: latin1\` or leave it out.`,
      );
    throw error;
  }
}

async function opened(path: string, map: ColumnMap, encoding: Encoding): Promise<PeopleFile> {
  const system = basename(path).replace(/\.[^.]*$/, '');
  return /\.(jsonl|ndjson)$/i.test(path)
    ? await openJson(path, map, encoding, system)
    : await openCsv(path, map, encoding, system);
}

async function openCsv(path: string, map: ColumnMap, encoding: Encoding, system: string): Promise<PeopleFile> {
  const header = await csvHeader(path, encoding);
  if (header === undefined) throw new CommandFailed(`file-empty: ${path} has no header. The first line must name the columns.`);
  const delimiter: Delimiter = map.delimiter ?? delimiterOf(header);
  const columns = cellsOf(header, delimiter).map((name) => name.trim());
  const twice = columns.find((name, place) => name !== '' && columns.indexOf(name) !== place);
  if (twice !== undefined) throw new CommandFailed(`header-twice: ${path} has two columns "${twice}". Rename one of them.`);
  const placed = placeColumns(path, columns, map);
  return {
    path,
    columns,
    placed,
    encoding,
    reader: new DraftReader(placed, map, system),
    async *rows() {
      for await (const batch of csvRows(path, encoding, delimiter, columns.length))
        yield batch.map(({ line, cells }) => ({ line, parts: [cells] }));
    },
  };
}

async function openJson(path: string, map: ColumnMap, encoding: Encoding, system: string): Promise<PeopleFile> {
  const seen = new Set<string>();
  for await (const batch of jsonRows(path, encoding))
    for (const { parts } of batch) for (const part of parts) for (const key of part.keys()) if (seen.size < 1_000) seen.add(key);
  if (seen.size === 0) throw new CommandFailed(`file-empty: ${path} holds no record. One JSON object a line is expected.`);
  const columns = [...seen].sort();
  const placed = placeColumns(path, columns, map, { everyName: true });
  const asRow = ({ line, parts }: JsonRow): PeopleRow => ({
    line,
    parts: parts.map((part) => columns.map((name) => part.get(name)?.join(unitSeparator) ?? '')),
  });
  return {
    path,
    columns,
    placed,
    encoding,
    reader: new DraftReader(placed, map, system),
    async *rows() {
      for await (const batch of jsonRows(path, encoding)) yield batch.map(asRow);
    },
  };
}
