import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ExcelJS from 'exceljs';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { columnName, columnOf } from './sheet-cells.ts';
import { writeXlsx } from './write-xlsx.ts';
import { piecesOf, xmlPieces } from './xml-elements.ts';
import { entryStream, readDirectory } from './zip-directory.ts';

const folder = temporaryFolder();

/** Ana in row 2 with a note, a link, a shared text and the formula that rows 3 and 4 lean on; Luca's note and link below. */
async function workbook(): Promise<string> {
  const path = join(folder, 'people.xlsx');
  const book = new ExcelJS.Workbook();
  const sheet = book.addWorksheet('People');
  sheet.addRows([
    ['Code', 'Name', 'E-mail', 'Low'],
    ['C1', 'Ana Ruiz', 'ANA@example.test'],
    ['C2', 'Luca Rossi', 'LUCA@example.test'],
    ['C3', 'Zoé <&>', 'ZOE@example.test'],
  ]);
  sheet.getCell('B2').note = 'Ana Ruiz is deaf';
  sheet.getCell('B3').note = 'Luca likes tea';
  sheet.getCell('E2').value = { text: 'write', hyperlink: 'mailto:ana@example.test' };
  sheet.getCell('E3').value = { text: 'write', hyperlink: 'mailto:luca@example.test' };
  sheet.getCell('B2').font = { bold: true };
  const results = ['ana@example.test', 'luca@example.test', 'zoe@example.test'];
  sheet.fillFormula('D2:D4', 'LOWER(C2)', results as unknown as number[]); // its types know numbers alone
  book.addWorksheet('Copy').addRows([['Luca Rossi']]);
  await book.xlsx.writeFile(path);
  return path;
}

async function textsIn(path: string): Promise<string> {
  const directory = await readDirectory(path);
  const texts: string[] = [];
  for (const name of directory.entries.keys())
    texts.push(Buffer.concat(await (await entryStream(path, directory, name)).toArray()).toString());
  return texts.join('\n');
}

const opened = async (path: string): Promise<ExcelJS.Workbook> => {
  const book = new ExcelJS.Workbook();
  await book.xlsx.readFile(path);
  return book;
};

test('an emptied row leaves no value, note, link or shared text of it anywhere in the file; what others lean on or share stays', async () => {
  const path = await workbook();
  const to = join(folder, 'emptied.xlsx');
  expect(await textsIn(path)).toMatch(/Ana Ruiz/);
  await writeXlsx(path, to, [{ sheet: 'People', number: 2 }]);
  expect(await textsIn(to)).not.toMatch(/Ana Ruiz|ana@example|ANA@example/);
  const sheet = (await opened(to)).getWorksheet('People');
  expect(sheet?.getCell('B2').value).toBeNull();
  expect(sheet?.getCell('B2').font.bold).toBe(true);
  expect(sheet?.getCell('B2').note).toBeUndefined();
  expect(sheet?.getCell('D3').formula).toBe('LOWER(C3)');
  expect(sheet?.getCell('D4').result).toBe('zoe@example.test');
  expect(sheet?.getCell('B4').value).toBe('Zoé <&>');
  expect(JSON.stringify(sheet?.getCell('B3').note)).toContain('Luca likes tea');
  expect(sheet?.getCell('E3').hyperlink).toBe('mailto:luca@example.test');
});

test('a text that another sheet shares stays there', async () => {
  const to = join(folder, 'shared.xlsx');
  await writeXlsx(await workbook(), to, [{ sheet: 'People', number: 3 }]);
  const book = await opened(to);
  expect(book.getWorksheet('Copy')?.getCell('A1').value).toBe('Luca Rossi');
  expect(book.getWorksheet('People')?.getCell('B3').value).toBeNull();
  expect(await textsIn(to)).not.toMatch(/LUCA@example|luca@example|likes tea/);
});

test('cells are set before, in the place of and behind others, harmless and in order; the rest of the row stays', async () => {
  const to = join(folder, 'set.xlsx');
  const set = new Map([
    [6, '=1+1'],
    [1, 'a <b> & "c"'],
    [4, 'x'],
  ]);
  await writeXlsx(await workbook(), to, [
    { sheet: 'People', number: 4, set },
    { sheet: 'People', number: 1, set: new Map([[4, 'Opt-out']]) },
  ]);
  const sheet = (await opened(to)).getWorksheet('People');
  expect(['A4', 'B4', 'C4'].map((cell) => sheet?.getCell(cell).value)).toEqual(['C3', 'a <b> & "c"', 'ZOE@example.test']);
  expect([sheet?.getCell('E4').value, sheet?.getCell('G4').value, sheet?.getCell('E1').value]).toEqual(['x', "'=1+1", 'Opt-out']);
  expect(sheet?.getCell('D4').result).toBe('zoe@example.test');
});

test('a sheet that is not there any more is told, and nothing is left open', async () => {
  const path = await workbook();
  const before = readFileSync(path);
  await expect(writeXlsx(path, join(folder, 'none.xlsx'), [{ sheet: 'Gone', number: 1 }])).rejects.toMatchObject({
    code: 'changed-meanwhile',
  });
  expect(readFileSync(path).equals(before)).toBe(true);
});

test('elements are found whole wherever the chunks are cut, and joined they are the text again', async () => {
  const text = `<x:a n=">"><x:row r="1"><x:c/></x:row>\n<x:rowBreaks/><x:row r='2' n="/>"/> ${'é'.repeat(150)}<x:row>é</x:row></x:a>`;
  for (const size of [1, 2, 7, 50, 1_000]) {
    const chunks = async function* (): AsyncGenerator<string> {
      for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
    };
    const pieces = [];
    for await (const piece of xmlPieces(chunks(), ['row'])) pieces.push(piece);
    expect(pieces.map((piece) => piece.text).join('')).toBe(text);
    const rows = pieces.filter(({ name }) => name === 'row').map((piece) => piece.text);
    expect(rows).toEqual(['<x:row r="1"><x:c/></x:row>', `<x:row r='2' n="/>"/>`, '<x:row>é</x:row>']);
  }
  expect(piecesOf('<c r="A1"/><c>1</c>', 'c').map((piece) => piece.text)).toEqual(['<c r="A1"/>', '<c>1</c>']);
});

test('columns have the names that office programs give them', () => {
  expect([0, 25, 26, 701, 702, 16_383].map(columnName)).toEqual(['A', 'Z', 'AA', 'ZZ', 'AAA', 'XFD']);
  for (const column of [0, 25, 26, 701, 702, 16_383]) expect(columnOf(`${columnName(column)}12`)).toBe(column);
});
