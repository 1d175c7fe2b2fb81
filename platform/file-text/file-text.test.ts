import ExcelJS from 'exceljs';
import { strToU8, zipSync } from 'fflate';
import PDFDocument from 'pdfkit';
import { afterAll, describe, expect, test } from 'vitest';
import { openFileReader } from './file-reader.ts';
import { textOf } from './text-of.ts';

const file = (name: string, bytes: Uint8Array | string, mediaType = 'application/octet-stream') => ({
  name,
  mediaType,
  bytes: typeof bytes === 'string' ? Buffer.from(bytes) : bytes,
});

const pdf = (draw: (document: PDFKit.PDFDocument) => void, options: PDFKit.PDFDocumentOptions = {}): Promise<Buffer> =>
  new Promise((resolve) => {
    const document = new PDFDocument(options);
    const parts: Buffer[] = [];
    document.on('data', (part: Buffer) => parts.push(part));
    document.on('end', () => resolve(Buffer.concat(parts)));
    draw(document);
    document.end();
  });

const types = strToU8('<?xml version="1.0"?><Types/>');
const docx = (body: string, more: Readonly<Record<string, Uint8Array>> = {}): Uint8Array =>
  zipSync({
    '[Content_Types].xml': types,
    'word/document.xml': strToU8(
      `<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="w"><w:body>${body}</w:body></w:document>`,
    ),
    ...more,
  });

async function xlsx(): Promise<Uint8Array> {
  const workbook = new ExcelJS.Workbook();
  workbook.creator = 'Luis Pérez';
  const sheet = workbook.addWorksheet('Clientes');
  sheet.addRow(['Ana Quijano', 'ana@example.org', 34600111222]);
  const cell = sheet.getCell('A2');
  cell.note = 'llamar a Eva Lince';
  cell.value = { text: 'escribir', hyperlink: 'mailto:eva@example.org' };
  return new Uint8Array(await workbook.xlsx.writeBuffer());
}

describe('what a person reads in it is read', () => {
  test('text in UTF-8, UTF-16 and the letters of Windows', async () => {
    expect(await textOf(file('a.txt', 'José Muñoz'))).toBe('José Muñoz');
    expect(await textOf(file('a.txt', Buffer.from('\ufeffJosé Muñoz', 'utf16le')))).toBe('José Muñoz');
    expect(await textOf(file('a.csv', Buffer.from('José;Muñoz', 'latin1'), 'text/csv'))).toBe('José;Muñoz');
  });

  test('HTML with entities, links and words that tags part; no script', async () => {
    const html = '<p>Jos&eacute; <b>Mu</b>&ntilde;oz<a href="mailto:jose%40example.org">x</a></p><script>secret()</script>';
    const text = (await textOf(file('a.html', html))) ?? '';
    expect(text).toContain('José Muñoz');
    expect(text).toContain('jose@example.org');
    expect(text).not.toContain('secret');
  });

  test('JSON, whose escapes hide letters', async () => {
    expect(await textOf(file('a.json', String.raw`{"name":"Jos\u00e9","n":34600111222}`))).toContain('José');
  });

  test('a letter of a word processor, cut in runs as it likes, with header, comment and link', async () => {
    const text = await textOf(
      file(
        'letter.docx',
        docx('<w:p><w:r><w:t>Ana Qui</w:t></w:r><w:r><w:t>jano</w:t></w:r></w:p><w:p><w:r><w:t>A&amp;B</w:t></w:r></w:p>', {
          'word/header1.xml': strToU8('<w:hdr xmlns:w="w"><w:p><w:t>tel. 600 111 222</w:t></w:p></w:hdr>'),
          'word/_rels/document.xml.rels': strToU8(
            '<Relationships><Relationship Target="mailto:eva@example.org"/></Relationships>',
          ),
        }),
      ),
    );
    for (const part of ['Ana Quijano', 'A&B', 'tel. 600 111 222', 'eva@example.org']) expect(text).toContain(part);
  });

  test('a workbook, with its numbers, notes, links and who made it', async () => {
    const text = await textOf(file('clients.xlsx', await xlsx()));
    for (const part of ['Ana Quijano', 'ana@example.org', '34600111222', 'Eva Lince', 'eva@example.org', 'Luis Pérez'])
      expect(text).toContain(part);
  });

  test('an OpenDocument text', async () => {
    const odt = zipSync({
      mimetype: strToU8('application/vnd.oasis.opendocument.text'),
      'content.xml': strToU8(
        '<office:document-content xmlns:office="o" xmlns:text="t"><text:p>Ana <text:span>Qui</text:span>jano</text:p></office:document-content>',
      ),
    });
    expect(await textOf(file('a.odt', odt))).toContain('Ana Quijano');
  });

  test('a PDF, with its links and who made it', async () => {
    const bytes = await pdf(
      (document) => {
        document.text('Estimada Ana Quijano:').text('su factura F-1', { link: 'mailto:ana@example.org' });
        document.addPage().text('tel. 600 111 222');
      },
      { info: { Author: 'Luis Pérez' } },
    );
    const text = await textOf(file('bill.pdf', bytes));
    for (const part of ['Ana Quijano', 'F-1', 'ana@example.org', '600 111 222', 'Luis Pérez']) expect(text).toContain(part);
  });
});

test.each([
  ['a picture', file('a.png', Buffer.from('89504e470d0a1a0a0000000d', 'hex'))],
  ['an archive that is no document', file('a.zip', zipSync({ 'a.txt': strToU8('Ana') }))],
  ['a document with a file inside', file('a.docx', docx('<w:p/>', { 'word/embeddings/a.bin': strToU8('x') }))],
  ['a document that is broken', file('a.docx', docx('<w:p/>').subarray(0, 60))],
  ['XML that does not close', file('a.docx', docx('<w:p>'))],
  ['a letter in RTF', file('a.rtf', String.raw`{\rtf1 Jos\'e9}`)],
  ['a mail with its encodings', file('a.eml', 'Content-Transfer-Encoding: base64\n\nQW5h')],
  ['a PDF that is broken', file('a.pdf', '%PDF-1.7 and no more')],
])('%s is said not to be readable', async (_, given) => {
  expect(await textOf(given)).toBeUndefined();
});

test('a PDF with a page that is a picture, or under a password, is not', async () => {
  const scanned = await pdf((document) => {
    document.text('first').addPage().rect(10, 10, 100, 100).fill();
  });
  expect(await textOf(file('a.pdf', scanned))).toBeUndefined();
  const locked = await pdf((document) => void document.text('Ana'), { userPassword: 'x', pdfVersion: '1.7' });
  expect(await textOf(file('a.pdf', locked))).toBeUndefined();
});

describe('a reader', () => {
  const reader = openFileReader({ mostBytes: 1_000_000, mostMs: 80_000 });
  afterAll(() => {
    reader.close();
  });

  test('reads one file after another in a process of its own', async () => {
    expect(await reader.text(file('a.txt', 'Ana'))).toBe('Ana');
    expect(await reader.text(file('b.pdf', await pdf((document) => void document.text('Eva'))))).toContain('Eva');
    expect(await reader.text(file('c.bin', Buffer.alloc(10)))).toBeUndefined();
  });

  test('leaves what is too large, and an archive that blows up', async () => {
    expect(await reader.text(file('a.txt', Buffer.alloc(1_000_001, 'a')))).toBeUndefined();
    const bomb = docx('', { 'word/more.xml': new Uint8Array(150_000_000) });
    expect(bomb.length).toBeLessThan(1_000_000);
    expect(await reader.text(file('a.docx', bomb))).toBeUndefined();
  });

  test('gives up on what takes too long or too much memory, and reads the next', async () => {
    const hurried = openFileReader({ mostMs: 1 });
    expect(await hurried.text(file('a.txt', 'Ana'))).toBeUndefined();
    hurried.close();
    const small = openFileReader({ memoryMb: 40 });
    const many = `[${'[1],'.repeat(4_000_000)}1]`;
    expect(await small.text(file('a.json', many, 'application/json'))).toBeUndefined();
    expect(await small.text(file('a.txt', 'Ana'))).toBe('Ana');
    small.close();
  });
});
