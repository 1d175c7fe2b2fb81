export interface SheetsState {
  /** Rows of the one tab, headings first; every cell as it is shown. */
  readonly grid: string[][];
  /** What version history keeps: rows that were deleted. */
  readonly history: string[][];
  /** Writes that answer OK and change nothing, so many. */
  deaf: number;
  /** Tokens made so far, and the one that is good. */
  tokens: number;
}

export const headings: readonly string[] = ['Id', 'First name', 'Last name', 'Email', 'Do not contact'];

export const emptyState = (): SheetsState => ({ grid: [[...headings]], history: [], deaf: 0, tokens: 0 });

/** The grid as it is answered: cells that are empty at the end of a row are left out, and so are rows at the end. */
export function shownGrid({ grid }: SheetsState): string[][] {
  const rows = grid.map((row) => row.slice(0, row.findLastIndex((cell) => cell !== '') + 1));
  return rows.slice(0, rows.findLastIndex((row) => row.length > 0) + 1);
}

export const rowOf = ({ grid }: SheetsState, id: string): string[] | undefined => grid.slice(1).find(([key]) => key === id);

/** Sets one cell by its heading, which is added when it is not there. */
export function setCell(state: SheetsState, id: string, heading: string, text: string): void {
  const [head = []] = state.grid;
  if (!head.includes(heading)) head.push(heading);
  const row = rowOf(state, id);
  if (row === undefined) return;
  const place = head.indexOf(heading);
  while (row.length <= place) row.push('');
  row[place] = text;
}

export const cellOf = (state: SheetsState, id: string, heading: string): string =>
  rowOf(state, id)?.[state.grid[0]?.indexOf(heading) ?? -1] ?? '';
