import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { addressesIn } from './address-file.ts';

const read = (text: string | Uint8Array) => {
  const path = join(temporaryFolder(), 'list.csv');
  writeFileSync(path, text);
  return addressesIn(path);
};
const linesOf = (text: string) => read(text).lines.map(({ line, address }) => `${line} ${address}`);

test('every line keeps its number, whatever parts the cells, and only a heading and empty lines are left out', () => {
  expect(
    linesOf('\ufeffE-mail;Name\r\n\r\nana@example.org;Ana\r\n"luis@example.org";"Luis; el de\r\nabajo"\r\nnobody;x\r\n'),
  ).toEqual(['3 ana@example.org', '4 luis@example.org', '6 nobody']);
  expect(linesOf('+34 911 22 33 44\nAna Pérez\n')).toEqual(['1 +34 911 22 33 44', '2 Ana Pérez']);
  expect(linesOf('correo\n')).toEqual([]);
});

test('a cell too long for an address is named by its line', () => {
  expect(read(`a@example.org\n${'x'.repeat(321)}@example.org\n`)).toEqual({
    lines: [{ line: 1, address: 'a@example.org' }],
    unreadable: [2],
  });
});

test('a file that is no CSV, no text or not there says so with the place, and never what it holds', () => {
  expect(() => read('a@example.org\n"secret@example.org\n')).toThrow(/not-csv: .*list\.csv, line \d/);
  expect(() => read('a@example.org\nse"cret@example.org\n')).not.toThrow(/cret@/);
  expect(() => read(Uint8Array.of(0xff, 0x41, 0x0a))).toThrow('not-text');
  expect(() => addressesIn('/nowhere/list.csv')).toThrow('file-unreadable');
});
