/** What one cell holds; formulas as their value. */
export type Cell = string | number | boolean | Date | null;

/** One row as read. Empty rows are not given. */
export interface SheetRow {
  /** Name of the sheet; '' in a CSV file. */
  readonly sheet: string;
  /** As the office program numbers it, from 1. */
  readonly number: number;
  readonly cells: readonly Cell[];
  /** Days are counted from 1904 in this workbook. */
  readonly from1904: boolean;
}

/** A change of one row, found by its place. */
export interface RowChange {
  readonly sheet: string;
  readonly number: number;
  /** Column from 0 and its new text; none empties the whole row. */
  readonly set?: ReadonlyMap<number, string>;
}

/** Office programs run a text that begins like a formula: such a text gets an apostrophe. @see OWASP, CSV injection */
export const harmless = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);

/** The text of a cell, trimmed; '' when there is none. A whole number has no decimals and no exponent. */
export function cellText(cell: Cell | undefined): string {
  if (cell === null || cell === undefined) return '';
  if (cell instanceof Date) return Number.isNaN(cell.getTime()) ? '' : cell.toISOString().replace('T00:00:00.000Z', '');
  if (typeof cell === 'number') return Number.isInteger(cell) && Math.abs(cell) < 1e15 ? cell.toFixed(0) : String(cell);
  return String(cell).replaceAll('\u00a0', ' ').trim();
}
