import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fc, test as property } from '@fast-check/vitest';
import { parse } from 'csv-parse/sync';
import { afterAll, expect, test } from 'vitest';
import { cellsOf, csvRows, delimiterOf } from './csv-rows.ts';

const folder = mkdtempSync(join(tmpdir(), 'ficha-csv-'));
afterAll(() => rmSync(folder, { recursive: true }));

const cell = fc.string({ unit: fc.constantFrom('a', 'é', '"', ',', ';', ' ', '\n', '1'), maxLength: 6 });
const quoted = (text: string): string => (/[",;\n\r]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const grid = fc.array(fc.tuple(fc.constantFrom('x', 'y'), cell, cell), { minLength: 1, maxLength: 6 });

property.prop([grid, fc.constantFrom('\n', '\r\n'), fc.constantFrom(',', ';')], { numRuns: 500 })(
  'what is written by the rules is read back, as the library reads it',
  async (rows, lineEnd, delimiter) => {
    const text = [['id', 'one', 'two'], ...rows].map((cells) => cells.map(quoted).join(delimiter)).join(lineEnd);
    const path = join(folder, 'rows.csv');
    writeFileSync(path, text);
    const read: (readonly string[])[] = [];
    for await (const batch of csvRows(path, 'utf-8', delimiter as ',' | ';', 3)) read.push(...batch.map(({ cells }) => cells));
    expect(read).toEqual(rows);
    expect(read).toEqual((parse(text, { delimiter }) as string[][]).slice(1));
  },
);

test('lines are counted over cells that hold line ends', async () => {
  const path = join(folder, 'lines.csv');
  writeFileSync(path, 'id,note\n1,"two\nlines"\n\n2,x\n');
  const seen: [number, string | undefined][] = [];
  for await (const batch of csvRows(path, 'utf-8', ',', 2))
    seen.push(...batch.map(({ line, cells }) => [line, cells[0]] as [number, string]));
  expect(seen).toEqual([
    [2, '1'],
    [5, '2'],
  ]);
});

test('the delimiter is what the header holds most of, outside quotes', () => {
  expect(delimiterOf('a;b;c')).toBe(';');
  expect(delimiterOf('a\tb')).toBe('\t');
  expect(delimiterOf('"a;b;c;d",e,f')).toBe(',');
  expect(delimiterOf('a')).toBe(',');
  expect(cellsOf('a, "b,c" ,d', ',')).toEqual(['a', 'b,c', 'd']);
});
