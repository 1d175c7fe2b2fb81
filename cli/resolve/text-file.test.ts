import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { textOf, WrongEncoding } from './text-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'ficha-text-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Files are read in pieces of so many bytes. */
const piece = 1 << 20;

async function read(bytes: Uint8Array): Promise<string> {
  const path = join(folder, 'people.csv');
  writeFileSync(path, bytes);
  let text = '';
  for await (const part of textOf(path, 'utf-8')) text += part;
  return text;
}

test.each([0, 1, 2, 3, 4])(
  'a letter of several bytes may lie across two pieces of a file: %i bytes before the end',
  async (before) => {
    const text = `${'a'.repeat(piece - before)}ñ€😀${'b'.repeat(10)}`;
    expect((await read(Buffer.from(text))) === text).toBe(true);
  },
);

test('a byte order mark is no part of the text, and one inside it is', async () => {
  expect(await read(Buffer.from('\ufeffid\ufeff'))).toBe('id\ufeff');
});

test.each([
  ['a byte of Latin-1', [0x61, 0xf1, 0x61]],
  ['a letter that ends too soon', [0x61, 0xc3]],
])('%s is not UTF-8', async (_what, bytes) => {
  await expect(read(Uint8Array.from(bytes))).rejects.toBeInstanceOf(WrongEncoding);
});
