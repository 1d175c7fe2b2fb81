import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ExcelJS from 'exceljs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Cursor, LinkedSystem, PullPage } from '../kit/contract.ts';
import { loadConnectors } from '../kit/registry.ts';

const fixtures = fileURLToPath(new URL('./fixtures/', import.meta.url));
const connectors = await loadConnectors();
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ficha-sheet-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function open(path: string, config: Readonly<Record<string, unknown>> = {}): LinkedSystem {
  const connector = connectors.get('spreadsheet');
  if (connector === undefined) throw new Error('no spreadsheet connector');
  const signal = new AbortController().signal;
  return connector.open({
    systemId: 'sheet',
    config: { path, ...config },
    secret: () => '',
    signal,
    now: () => new Date('2026-11-23T10:00:00Z'),
  });
}

const copyOf = (name: string): string => {
  const path = join(folder, name);
  copyFileSync(join(fixtures, name), path);
  return path;
};

async function pull(system: LinkedSystem, cursor: Cursor | null = null): Promise<PullPage[]> {
  const pages: PullPage[] = [];
  for await (const page of system.pull('rows', cursor)) pages.push(page);
  return pages;
}

const canonicalsOf = async (system: LinkedSystem): Promise<Record<string, unknown>> =>
  Object.fromEntries(
    (await pull(system))
      .flatMap(({ records }) => records)
      .map(({ kind, externalId, canonical }) => [`${kind} ${externalId}`, canonical]),
  );

const order = { key: 'k', channel: 'email', purpose: 'marketing' } as const;
const person = (externalId: string) => ({ kind: 'person', externalId }) as const;

test('a workbook of LibreOffice: merged title, two heading rows, formula, telephones and postcodes as numbers, empty row', async () => {
  const pages = await pull(open(copyOf('clients.xlsx')));
  const records = Object.fromEntries(
    pages.flatMap((page) => page.records).map((one) => [`${one.kind} ${one.externalId}`, one.canonical]),
  );
  expect(Object.keys(records)).toEqual([
    'person C1',
    'person C2',
    'consent C2:any:marketing',
    'person C3',
    'consent C3:email:marketing',
    'company C4',
  ]);
  expect(records['person C1']).toEqual({
    givenName: 'Ana',
    familyName: 'Ruiz Gómez',
    emails: ['ana.ruiz@example.test'],
    phones: ['600111222'],
    birthDate: '1980-02-01',
    addresses: [{ postcode: '08001', country: 'ES' }],
    country: 'ES',
  });
  expect(records['person C2']).toMatchObject({ emails: ['luca.rossi@example.test'], birthDate: '1975-12-31', country: 'IT' });
  expect(records['person C3']).toMatchObject({ birthDate: '1990-12-31', country: 'FR' });
  expect(records['company C4']).toMatchObject({ companyName: 'Acme S.L.', emails: ['info@acme.example'] });
  expect(records['consent C2:any:marketing']).toMatchObject({ answer: 'denied', atKnown: false, clientExternalId: 'C2' });
  expect(pages.flatMap((page) => page.rejected).map(({ reasonCode, externalId }) => [reasonCode, externalId])).toEqual([
    ['duplicate-row', 'Clientes, row 9'],
    ['key-missing', 'Clientes, row 10'],
    ['value-unreadable', 'C7'],
  ]);
  expect(pages.at(-1)?.complete).toBe(true);
});

test('days counted from 1904, Latin-1 with semicolons, BOM, UTF-16 with tabs: the same people either way', async () => {
  const byName = async (file: string) => Object.values(await canonicalsOf(open(join(fixtures, file))));
  expect(await byName('mac-1904.xlsx')).toMatchObject([{ birthDate: '1980-02-01' }, { birthDate: '2001-03-04', country: 'FR' }]);
  expect(await byName('french-latin1.csv')).toMatchObject([
    { givenName: 'Zoé', familyName: 'Lefèvre; dite Zoé', birthDate: '1990-12-31', country: 'FR' },
    { givenName: 'Noël', phones: ['0612345678'], birthDate: '1985-02-01' },
  ]);
  expect(await byName('italian-bom.csv')).toMatchObject([
    { givenName: 'Luca' },
    { answer: 'granted' },
    { givenName: 'Maria' },
    { answer: 'denied' },
  ]);
  expect(await byName('utf16.csv')).toMatchObject([{ fullName: 'José Ñandú', phones: ['+34600111333'] }]);
});

test('malformed rows are kept aside with their number and no value, and the others go on', async () => {
  const [page] = await pull(open(join(fixtures, 'malformed.csv')));
  expect(page?.records).toHaveLength(1);
  expect(page?.rejected.map(({ reasonCode }) => reasonCode)).toEqual(['value-unreadable', 'row-too-long']);
  for (const { reason } of page?.rejected ?? []) expect(reason).not.toMatch(/3,46E|sobra|example\.test/);
});

test('an unchanged file is not listed again, a changed one is listed whole, and a run goes on in the middle', async () => {
  const path = join(folder, 'many.csv');
  const lines = Array.from({ length: 1_201 }, (_, index) => `K${index},Person ${index},p${index}@example.test`);
  writeFileSync(path, `id,name,email\n${lines.join('\n')}\n`);
  const pages = await pull(open(path));
  expect(pages.map(({ records }) => records.length)).toEqual([500, 500, 201]);
  const rest = await pull(open(path), pages[0]?.cursor ?? null);
  expect(rest.flatMap(({ records }) => records).map(({ externalId }) => externalId)[0]).toBe('K500');
  expect(await pull(open(path), pages[2]?.cursor ?? null)).toMatchObject([{ records: [], last: true }]);
  expect((await pull(open(path), pages[2]?.cursor ?? null))[0]?.complete).toBeUndefined();
  writeFileSync(path, `id,name,email\n${lines.slice(1).join('\n')}\n`);
  expect((await pull(open(path), pages[2]?.cursor ?? null)).flatMap(({ records }) => records)).toHaveLength(1_200);
  // changed in the middle of a run: all again, and once more at the next run, so that nothing gone is missed
  const torn = await pull(open(path), pages[0]?.cursor ?? null);
  expect(torn.flatMap(({ records }) => records)).toHaveLength(1_200);
  expect((await pull(open(path), torn.at(-1)?.cursor ?? null)).flatMap(({ records }) => records)).toHaveLength(1_200);
});

test('an opt-out is written into the workbook and read back; other cells, styles, sheets and formulas stay', async () => {
  const path = copyOf('clients.xlsx');
  const system = open(path);
  expect(await system.suppress(person('C1'), { ...order, dryRun: true })).toEqual({ result: 'would-apply' });
  expect(readFileSync(path).equals(readFileSync(join(fixtures, 'clients.xlsx')))).toBe(true);
  expect(await system.suppress(person('C1'), order)).toEqual({ result: 'applied' });
  expect(await system.suppress(person('C1'), order)).toEqual({ result: 'already' });
  expect(await system.suppress(person('C2'), order)).toEqual({ result: 'already' });
  expect(await system.suppress(person('C9'), order)).toEqual({ result: 'absent' });
  expect(await system.readConsent(person('C1'))).toContainEqual({ channel: 'email', purpose: 'marketing', answer: 'denied' });
  expect(await system.readConsent(person('C1'))).toContainEqual({ channel: 'phone', purpose: 'marketing', answer: 'unknown' });
  const book = new ExcelJS.Workbook();
  await book.xlsx.readFile(path);
  expect(book.worksheets.map(({ name, state }) => [name, state])).toEqual([
    ['Clientes', 'visible'],
    ['Archivo', 'hidden'],
    ['Totales', 'visible'],
  ]);
  const sheet = book.getWorksheet('Clientes');
  expect(sheet?.getCell('J4').value).toBe('email');
  expect(sheet?.getCell('B4').font.bold).toBe(true);
  expect(sheet?.getCell('D5').formula).toContain('LOWER');
  expect(await system.unsuppress(person('C2'), { ...order, consentEventId: 'e' })).toMatchObject({
    result: 'refused',
    code: 'wider-opt-out',
  });
  expect(await system.unsuppress(person('C1'), { ...order, consentEventId: '' })).toMatchObject({ result: 'refused' });
  expect(await system.unsuppress(person('C1'), { ...order, consentEventId: 'e' })).toEqual({ result: 'applied' });
});

test('erasing a row leaves every other row, names the sheet that holds a copy, and twice is done', async () => {
  const path = copyOf('clients.xlsx');
  const system = open(path);
  const found = await system.lookup([{ kind: 'email', value: 'ana.ruiz@example.test' }]);
  expect(found).toEqual([person('C1')]);
  expect(await system.erase(person('C1'), { key: 'k' })).toEqual({
    result: 'partial',
    residue: [{ where: 'sheet:Archivo', due: null }],
  });
  expect(await system.verify(person('C1'))).toMatchObject({ result: 'gone' });
  expect(await system.erase(person('C1'), { key: 'k' })).toEqual({ result: 'done', residue: [] });
  expect(Object.keys(await canonicalsOf(open(path)))).toEqual([
    'person C2',
    'consent C2:any:marketing',
    'person C3',
    'consent C3:email:marketing',
    'company C4',
  ]);
});

test('a consent record is the cell that says it: exported, erased and verified as that, while the row stays', async () => {
  const path = copyOf('clients.xlsx');
  const system = open(path);
  const said = { kind: 'consent', externalId: 'C2:any:marketing' } as const;
  expect(await system.export(said)).toMatchObject({ fields: { optOut: 'sí' } });
  expect(await system.verify(said)).toMatchObject({ result: 'present' });
  expect(await system.erase(said, { key: 'k' })).toEqual({ result: 'done', residue: [] });
  expect(await system.verify(said)).toMatchObject({ result: 'gone' });
  expect(await system.verify(person('C2'))).toMatchObject({ result: 'present' });
  const italian = open(copyOf('italian-bom.csv'), { key: 'E-mail' });
  const agreed = { kind: 'consent', externalId: 'luca@example.test:any:marketing' } as const;
  expect(await italian.verify(agreed)).toMatchObject({ result: 'present' });
  expect(await italian.erase(agreed, { key: 'k' })).toEqual({ result: 'done', residue: [] });
  expect(await italian.verify(agreed)).toMatchObject({ result: 'gone' });
});

test('a CSV file keeps its encoding, separators and line ends; a file without such a column gets one', async () => {
  const path = copyOf('french-latin1.csv');
  const system = open(path);
  const [zoe] = await system.lookup([{ kind: 'email', value: 'ZOE@example.test' }]);
  if (zoe === undefined) throw new Error('not found');
  expect(await system.suppress(zoe, { ...order, purpose: 'newsletter' })).toEqual({ result: 'applied' });
  const before = readFileSync(join(fixtures, 'french-latin1.csv'), 'latin1').split('\r\n');
  const after = readFileSync(path, 'latin1').split('\r\n');
  expect(after[0]).toBe(`${before[0]};Opt-out`);
  expect(after[1]).toBe(`${before[1]};email:newsletter`);
  expect(after.slice(2)).toEqual(before.slice(2));
  expect(await system.export(zoe)).toMatchObject({ fields: { Courriel: 'zoe@example.test', 'Opt-out': 'email:newsletter' } });
  expect(await system.erase(zoe, { key: 'k' })).toEqual({ result: 'done', residue: [] });
  expect(readFileSync(path, 'latin1')).not.toContain('zoe@');
  expect(readFileSync(path, 'latin1').split('\r\n').slice(1)).toEqual(before.slice(2));
});

test('a change is refused while somebody has the file open, and the file stays as it was', async () => {
  const path = copyOf('utf16.csv');
  writeFileSync(join(folder, '.~lock.utf16.csv#'), '');
  const system = open(path);
  const [jose] = await system.lookup([{ kind: 'phone', value: '+34600111333' }]);
  if (jose === undefined) throw new Error('not found');
  await expect(system.suppress(jose, order)).rejects.toMatchObject({ code: 'file-open', retry: 'later' });
  expect(readFileSync(path).equals(readFileSync(join(fixtures, 'utf16.csv')))).toBe(true);
  rmSync(join(folder, '.~lock.utf16.csv#'));
  const orders = (['email', 'phone', 'post'] as const).map((channel) => system.suppress(jose, { ...order, channel }));
  expect((await Promise.all(orders)).map(({ result }) => result)).toEqual(['applied', 'applied', 'applied']);
  expect(await system.readConsent(jose)).toHaveLength(3);
  expect(readFileSync(path, 'utf16le')).toContain('email, phone, post');
});

test('files that cannot be read say so and delete nothing', async () => {
  const rejection = async (path: string, config = {}) =>
    await pull(open(path, config)).catch((error: { readonly code?: string }) => error.code);
  expect(await rejection(join(folder, 'none.xlsx'))).toBe('file-missing');
  mkdirSync(join(folder, 'empty'));
  expect(await rejection(join(folder, 'empty'))).toBe('file-missing');
  writeFileSync(join(folder, 'old.xlsx'), Buffer.from('d0cf11e0a1b11ae10000', 'hex'));
  expect(await rejection(join(folder, 'old.xlsx'))).toBe('workbook-unreadable');
  writeFileSync(join(folder, 'cut.xlsx'), readFileSync(join(fixtures, 'clients.xlsx')).subarray(0, 4000));
  expect(await rejection(join(folder, 'cut.xlsx'))).toBe('workbook-unreadable');
  writeFileSync(join(folder, 'quote.csv'), `Nombre,Correo\nAna,"ana@example.test\n${'x,y\n'.repeat(10)}`);
  expect(await rejection(join(folder, 'quote.csv'))).toBe('csv-broken');
  writeFileSync(join(folder, 'plain.csv'), 'a,b\n1,2\n');
  expect(await rejection(join(folder, 'plain.csv'))).toBe('headings-not-found');
  expect(await rejection(join(fixtures, 'utf16.csv'), { columns: { optOut: 'Not there' } })).toBe('heading-missing');
});

test('a folder is one system: ids carry the file, and a text that looks like a formula is written harmless', async () => {
  mkdirSync(join(folder, 'all'));
  copyFileSync(join(fixtures, 'utf16.csv'), join(folder, 'all', 'b.csv'));
  copyFileSync(join(fixtures, 'clients.xlsx'), join(folder, 'all', 'a.xlsx'));
  const system = open(join(folder, 'all'));
  const ids = Object.keys(await canonicalsOf(system));
  expect(ids[0]).toBe('person a.xlsx#C1');
  expect(ids.at(-1)).toMatch(/^person b\.csv#/);
  const ref = person('a.xlsx#C3');
  expect(await system.suppress(ref, { ...order, purpose: '*' })).toEqual({ result: 'applied' });
  expect(await system.verify(ref)).toMatchObject({ result: 'present', count: 1 });
});
