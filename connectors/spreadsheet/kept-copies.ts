import { readDirectory } from './zip-directory.ts';

/** Parts of a workbook that keep copies of cells, by where they lie: what is emptied in its row may stay there. @see ECMA-376 part 1, 12.3 */
const parts: readonly (readonly [string, RegExp])[] = [
  ['charts', /^xl\/(charts|chartsheets)\//i],
  ['pivot tables', /^xl\/pivotCache\//i],
  ['slicers', /^xl\/slicerCaches\//i],
  ['embedded objects', /^xl\/embeddings\//i],
];

/** Names of what in this workbook may keep copies of its cells. */
export async function copiesIn(path: string): Promise<readonly string[]> {
  const names = [...(await readDirectory(path)).entries.keys()];
  return parts.filter(([, where]) => names.some((name) => where.test(name))).map(([what]) => what);
}
