/** Outcomes of one connector by case, as its run wrote them: `passed`, `failed`, `not declared`. */
export type Outcomes = Readonly<Record<string, string>>;

const sign: Readonly<Record<string, string>> = { passed: '✓', failed: '✗', 'not declared': '–' };

const numberOf = (title: string): number => Number.parseInt(title, 10);

/** The published table of the acceptance suite, from the results that the runs wrote. */
export function acceptanceTable(results: Readonly<Record<string, Outcomes>>): string {
  const names = Object.keys(results).sort();
  const titles = [...new Set(names.flatMap((name) => Object.keys(results[name] ?? {})))].sort(
    (one, other) => numberOf(one) - numberOf(other) || (one < other ? -1 : 1),
  );
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    '<!-- Made by `ficha connector docs` from docs/connectors/results/, which the runs of the suite write. Not edited by hand. -->',
    '# Acceptance of the connectors',
    '',
    'Every connector runs the same cases against a stateful twin of its vendor, judged by what the twin then holds; `spreadsheet` and the `sql-…` columns',
    '(the shop of the how-to) against the real thing, whose answers nobody can spoil. ✓ passed, – the vendor has it not, the connector does not declare it,',
    'or it does not apply there, ✗ failed. The rate budget of several workers (13), what an erased person meets at the next import (24) and the',
    'speed (30) are of the engine and are tested there.',
    '',
    row(['case', ...names]),
    row(['---', ...names.map(() => '---')]),
    ...titles.map((title) => row([title, ...names.map((name) => sign[results[name]?.[title] ?? 'not declared'] ?? '?')])),
    '',
  ].join('\n');
}
