import { CsvError, parse } from 'csv-parse/sync';
import { CommandFailed, exitCodes } from './connection.ts';
import { readText } from './read-file.ts';

/** The first cell of one line of a list. */
export interface AddressLine {
  /** Where it starts in the file, from 1. */
  readonly line: number;
  readonly address: string;
}

interface Parsed {
  readonly record: readonly string[];
  /** The line it ends on. */
  readonly info: { readonly lines: number };
}

const lineEndsIn = (record: readonly string[]): number => record.join('').split('\n').length - 1;

/** Longer than any address or number: the command API takes no longer one. */
const longestAddress = 320;

/**
 * The first cell of every line of a list, with its line: CSV by comma, semicolon or tab, with or without a heading, or one a line. Empty
 * lines are left out, and a heading: a first line whose cell holds neither an @ nor a digit.
 * @throws CommandFailed `file-unreadable`, `not-text`, `not-csv` with the line and never what stands there
 */
export function addressesIn(path: string): { readonly lines: readonly AddressLine[]; readonly unreadable: readonly number[] } {
  let parsed: readonly Parsed[];
  try {
    parsed = parse(readText(path).replaceAll('\r\n', '\n'), {
      bom: true,
      delimiter: [',', ';', '\t'],
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as readonly Parsed[]; // with `info` each record comes with where it ends
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    const { lines } = cause as { readonly lines?: number };
    throw new CommandFailed(
      `not-csv: ${path}, line ${lines ?? 'unknown'}: ${cause.code ?? 'CSV_ERROR'}. A quote is opened and not closed, or stands inside a cell: double it.`,
      exitCodes.usage,
    );
  }
  const cells = parsed
    .map(({ record, info }) => ({ line: info.lines - lineEndsIn(record), address: record[0] ?? '' }))
    .filter(({ address }, place) => address !== '' && (place > 0 || /[@\d]/.test(address)));
  const tooLong = ({ address }: AddressLine): boolean => address.length > longestAddress;
  return { lines: cells.filter((one) => !tooLong(one)), unreadable: cells.filter(tooLong).map(({ line }) => line) };
}
