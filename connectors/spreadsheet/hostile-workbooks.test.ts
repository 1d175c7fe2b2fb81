import { execFile } from 'node:child_process';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
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

test('what a change would lose is read and never written: macros, charts and the like stay as they are, and that is said', async () => {
  const lost = [
    ['macros', 'xl/vbaProject.bin'],
    ['charts', 'xl/charts/chart1.xml'],
    ['pivot tables', 'xl/pivotTables/pivotTable1.xml'],
    ['slicers', 'xl/slicers/slicer1.xml'],
    ['form controls', 'xl/ctrlProps/ctrlProp1.xml'],
    ['threaded comments', 'xl/threadedComments/threadedComment1.xml'],
    ['embedded objects', 'xl/embeddings/oleObject1.bin'],
  ] as const;
  for (const [what, name] of lost) {
    const path = join(folder, `${what}.xlsm`);
    writeFileSync(path, zipOf([...partsOf(headings + ana), { name, data: Buffer.alloc(4_000, 7) }]));
    const before = readFileSync(path);
    expect(await idsIn(path)).toEqual(['C1']);
    const system = connector.open({
      systemId: 'sheet',
      config: { path, kind: 'person' },
      secret: () => '',
      signal: new AbortController().signal,
      now: () => new Date(0),
    });
    const ref = { kind: 'person', externalId: 'C1' } as const;
    const order = { key: 'k', channel: 'email', purpose: 'marketing' } as const;
    for (const dryRun of [true, false]) {
      for (const verb of [() => system.suppress(ref, { ...order, dryRun }), () => system.erase(ref, { key: 'k', dryRun })])
        await expect(verb()).rejects.toMatchObject({ code: 'workbook-would-lose', message: expect.stringContaining(what) });
    }
    expect((await system.check()).problems).toMatchObject([{ verb: 'suppress', code: 'workbook-would-lose' }]);
    expect(readFileSync(path).equals(before)).toBe(true);
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

test('200,000 rows are read within 160 MB of heap', async () => {
  const path = join(folder, 'large.xlsx');
  const rows = Array.from({ length: 200_000 }, (_, at) => rowOf(at + 2, [`C${at}`, `Ana ${at}`, `ana.${at}@example.test`]));
  writeFileSync(path, zipOf(partsOf(headings + rows.join(''))));
  const pull = join(import.meta.dirname, 'pull.ts');
  const settings = join(import.meta.dirname, 'settings.ts');
  const program = `const { pullRows } = await import(${JSON.stringify(pull)});
    const { sheetSettings } = await import(${JSON.stringify(settings)});
    let count = 0;
    for await (const { records } of pullRows(sheetSettings({ path: ${JSON.stringify(path)}, kind: 'person' }), null, new Date(0))) count += records.length;
    console.log(count);`;
  const args = ['--max-old-space-size=160', '--import', 'tsx', '--input-type=module', '-e', program];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: join(import.meta.dirname, '../..') });
  expect(stdout.trim()).toBe('200000');
}, 180_000);
