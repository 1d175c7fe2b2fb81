import { execFile } from 'node:child_process';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { deflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { connectorOf } from '../kit/connector.ts';
import { readManifest } from '../kit/manifest.ts';
import { hooks } from './hooks.ts';
import { sheetSettings } from './settings.ts';
import { pullRows } from './pull.ts';
import { entryStream, readDirectory } from './zip-directory.ts';

const folder = temporaryFolder();
const connector = connectorOf(readManifest(join(import.meta.dirname, 'manifest.yaml'), 'connectors/spreadsheet'), hooks);

interface Entry {
  readonly name: string;
  readonly data: Buffer;
  /** What the directory says that it unpacks to; the truth when left out. */
  readonly says?: number;
}

/** A zip file by hand, which may lie in its directory. @see PKWARE APPNOTE 4.3 */
function zipOf(entries: readonly Entry[]): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, data, says = data.length } of entries) {
    const packed = deflateRawSync(data, { level: 1 });
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(says, 18);
    common.writeUInt16LE(name.length, 22);
    files.push(Buffer.from([0x50, 0x4b, 3, 4]), common, Buffer.from(name), packed);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(at, 10);
    directory.push(Buffer.from([0x50, 0x4b, 1, 2, 20, 0]), common, rest, Buffer.from(name));
    at += 30 + name.length + packed.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...files, ...directory, end]);
}

const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

/** The parts of a workbook of one sheet. */
const partsOf = (rows: string, more: Partial<Entry> = {}): readonly Entry[] => [
  {
    name: 'xl/workbook.xml',
    data: Buffer.from(
      `<workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="People" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    ),
  },
  {
    name: 'xl/_rels/workbook.xml.rels',
    data: Buffer.from(
      `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
    ),
  },
  {
    name: 'xl/worksheets/sheet1.xml',
    data: Buffer.from(`<worksheet xmlns="${main}"><sheetData>${rows}</sheetData></worksheet>`),
    ...more,
  },
];

const rowOf = (number: number, cells: readonly string[]): string =>
  `<row r="${number}">${cells.map((text, column) => `<c r="${'ABC'[column] ?? ''}${number}" t="inlineStr"><is><t>${text}</t></is></c>`).join('')}</row>`;
const headings = rowOf(1, ['Code', 'Name', 'E-mail']);
const ana = rowOf(2, ['C1', 'Ana', 'ana@example.test']);

async function idsIn(path: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const { records } of pullRows(sheetSettings({ path, kind: 'person' }), null, new Date(0)))
    ids.push(...records.map(({ externalId }) => externalId));
  return ids;
}

test('a workbook by hand is read, so that the others fail for what they are', async () => {
  const path = join(folder, 'fine.xlsx');
  writeFileSync(path, zipOf(partsOf(headings + ana)));
  expect(await idsIn(path)).toEqual(['C1']);
});

test('macros, charts and the like come through an opt-out and an erasure byte for byte; what may keep copies of cells is named', async () => {
  const parts = [
    ['xl/vbaProject.bin', []],
    ['xl/ctrlProps/ctrlProp1.xml', []],
    ['xl/drawings/drawing1.xml', []],
    ['xl/charts/chart1.xml', ['workbook:charts']],
    ['xl/pivotCache/pivotCacheRecords1.xml', ['workbook:pivot tables']],
    ['xl/slicerCaches/slicerCache1.xml', ['workbook:slicers']],
    ['xl/embeddings/oleObject1.bin', ['workbook:embedded objects']],
  ] as const;
  for (const [name, places] of parts) {
    const path = join(folder, 'parts.xlsm');
    const data = Buffer.from(Array.from({ length: 4_000 }, (_, at) => (at * 7) % 256));
    writeFileSync(path, zipOf([...partsOf(headings + ana), { name, data }]));
    const system = connector.open({
      systemId: 'sheet',
      config: { path, kind: 'person' },
      secret: () => '',
      signal: new AbortController().signal,
      now: () => new Date(0),
    });
    const ref = { kind: 'person', externalId: 'C1' } as const;
    expect((await system.check()).problems).toEqual([]);
    expect(await system.suppress(ref, { key: 'k', channel: 'email', purpose: 'marketing' })).toEqual({ result: 'applied' });
    expect(await system.erase(ref, { key: 'k' })).toEqual({
      result: places.length === 0 ? 'done' : 'partial',
      residue: places.map((where) => ({ where, due: null })),
    });
    const after = Buffer.concat(await (await entryStream(path, await readDirectory(path), name)).toArray());
    expect(after.equals(data)).toBe(true);
  }
});

test('one that would unpack to too much is refused before anything is unpacked', async () => {
  const path = join(folder, 'bomb.xlsx');
  writeFileSync(path, zipOf(partsOf(headings + ana, { says: 2 * 1024 * 1024 * 1024 })));
  await expect(idsIn(path)).rejects.toThrow(/workbook-unreadable: a linked workbook unpacks to \d+ bytes/);
});

test('one whose directory lies about it is cut off there', async () => {
  const path = join(folder, 'liar.xlsx');
  const blanks = Buffer.alloc(60_000_000, 0x20);
  const data = Buffer.concat([Buffer.from(`<worksheet xmlns="${main}"><sheetData>${headings}${ana}`), blanks]);
  writeFileSync(path, zipOf(partsOf('', { data, says: 5_000 })));
  await expect(idsIn(path)).rejects.toThrow('workbook-unreadable');
});

test('one that somebody replaces while it is read is begun anew, and never read half and half', async () => {
  const path = join(folder, 'replaced.xlsx');
  writeFileSync(path, zipOf(partsOf(headings + ana)));
  const directory = await readDirectory(path);
  expect(await (await entryStream(path, directory, 'xl/workbook.xml')).toArray()).not.toEqual([]);
  writeFileSync(`${path}.new`, zipOf(partsOf(headings)));
  renameSync(`${path}.new`, path);
  await expect(entryStream(path, directory, 'xl/workbook.xml')).rejects.toMatchObject({
    code: 'changed-meanwhile',
    retry: 'now',
  });
});

test('one with a password is told so', async () => {
  const path = join(folder, 'locked.xlsx');
  writeFileSync(path, Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(4_096)]));
  await expect(idsIn(path)).rejects.toThrow(/workbook-unreadable: .*password/);
});

test('a text that office programs would run is written harmless', async () => {
  const { harmless } = await import('./row.ts');
  for (const text of ['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx']) expect(harmless(text).startsWith("'")).toBe(true);
  expect(harmless('Ana = Luca')).toBe('Ana = Luca');
});

/** A workbook of 200,000 rows. */
function largeWorkbook(name: string): string {
  const path = join(folder, name);
  const rows = Array.from({ length: 200_000 }, (_, at) => rowOf(at + 2, [`C${at}`, `Ana ${at}`, `ana.${at}@example.test`]));
  writeFileSync(path, zipOf(partsOf(headings + rows.join(''))));
  return path;
}

const inLittleHeap = async (megabytes: number, program: string): Promise<string> => {
  const args = [`--max-old-space-size=${megabytes}`, '--import', 'tsx', '--input-type=module', '-e', program];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: join(import.meta.dirname, '../..') });
  return stdout.trim();
};

test('200,000 rows are rewritten within 64 MB of heap: one emptied, one changed, the others as they were', async () => {
  const path = largeWorkbook('rewritten.xlsx');
  const to = join(folder, 'rewritten-new.xlsx');
  const program = `const { writeXlsx } = await import(${JSON.stringify(join(import.meta.dirname, 'write-xlsx.ts'))});
    await writeXlsx(${JSON.stringify(path)}, ${JSON.stringify(to)}, [
      { sheet: 'People', number: 100_000 },
      { sheet: 'People', number: 150_000, set: new Map([[3, 'x']]) }]);`;
  expect(await inLittleHeap(64, program)).toBe('');
  const sheet = async (of: string): Promise<string> =>
    Buffer.concat(await (await entryStream(of, await readDirectory(of), 'xl/worksheets/sheet1.xml')).toArray()).toString();
  const expected = (await sheet(path))
    .replace(
      rowOf(100_000, ['C99998', 'Ana 99998', 'ana.99998@example.test']),
      '<row r="100000"><c r="A100000"/><c r="B100000"/><c r="C100000"/></row>',
    )
    .replace(
      '<t>ana.149998@example.test</t></is></c>',
      '$&<c r="D150000" t="inlineStr"><is><t xml:space="preserve">x</t></is></c>',
    );
  expect((await sheet(to)) === expected).toBe(true);
}, 180_000);

test('200,000 rows are read within 160 MB of heap', async () => {
  const path = largeWorkbook('large.xlsx');
  const pull = join(import.meta.dirname, 'pull.ts');
  const settings = join(import.meta.dirname, 'settings.ts');
  const program = `const { pullRows } = await import(${JSON.stringify(pull)});
    const { sheetSettings } = await import(${JSON.stringify(settings)});
    let count = 0;
    for await (const { records } of pullRows(sheetSettings({ path: ${JSON.stringify(path)}, kind: 'person' }), null, new Date(0))) count += records.length;
    console.log(count);`;
  expect(await inLittleHeap(160, program)).toBe('200000');
}, 180_000);
