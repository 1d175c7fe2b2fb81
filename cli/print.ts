/** Where commands print: plain text for people, one JSON document with --json. */
export interface Output {
  readonly json?: boolean;
}

/** Prints the value as JSON with --json, else the lines. */
export function print(output: Output, value: unknown, lines: () => readonly string[]): void {
  process.stdout.write(`${output.json ? JSON.stringify(value, null, 2) : lines().join('\n')}\n`);
}

/** Lines of aligned columns, a head line first; with no row, the text that says so. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], empty: string): string[] {
  if (rows.length === 0) return [empty];
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [line(head), ...rows.map(line)];
}
