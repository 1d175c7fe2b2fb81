import { FichaError } from '../../domain/record/error.ts';
import { readDirectory } from './zip-directory.ts';

/** What people make in a workbook and exceljs 4.4 does not write again, by where it lies. @see ECMA-376 part 1, 12.3; MS-XLSX 2.1 */
const parts: readonly (readonly [string, RegExp])[] = [
  ['macros', /^xl\/(vbaProject\.bin|macrosheets\/)/i],
  ['charts', /^xl\/(charts|chartsheets)\//i],
  ['pivot tables', /^xl\/pivotTables\//i],
  ['slicers', /^xl\/slicers\//i],
  ['form controls', /^xl\/(ctrlProps|activeX)\//i],
  ['threaded comments', /^xl\/threadedComments\//i],
  ['embedded objects', /^xl\/embeddings\//i],
];

/**
 * A workbook that would come out of a change without some of what people made in it is not changed.
 * @throws FichaError `workbook-would-lose`, with the names of what it holds
 */
export async function refuseToLose(path: string): Promise<void> {
  const names = [...(await readDirectory(path)).entries.keys()];
  const lost = parts.filter(([, where]) => names.some((name) => where.test(name))).map(([what]) => what);
  if (lost.length === 0) return;
  throw new FichaError(
    'workbook-would-lose',
    `a linked workbook holds ${lost.join(', ')}, which a change by Ficha would lose, so that it was left as it is; change the row in an office program, or keep the table in a .csv or a workbook without them`,
  );
}
