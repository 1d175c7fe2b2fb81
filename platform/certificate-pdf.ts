import PDFDocument from 'pdfkit';
import { certificateContent, type PageLanguage } from '../domain/privacy/certificate-content.ts';
import type { ErasureCertificate } from '../schemas/types.ts';

const sizes = { title: 20, text: 10.5, table: 9, code: 8 } as const;
const margin = 56;
/** The alphabet of the fonts that every reader has. What is not in it came from a text that we did not write. */
const unprintable = /[^\x20-\x7e\u00a0-\u00ff\u0152\u0153\u2013\u2014\u2018-\u201d\u2026\u20ac]/g;
const printable = (text: string): string => text.replaceAll(unprintable, '?');

type Document = InstanceType<typeof PDFDocument>;

const paragraph = (doc: Document, text: string, font = 'Helvetica', size: number = sizes.text): void => {
  doc.addStructure(doc.struct('P', {}, () => void doc.font(font).fontSize(size).text(printable(text)).moveDown(0.5)));
};

function write(doc: Document, certificate: ErasureCertificate, language: PageLanguage): void {
  const { title, law, outcome, facts, head, rows, proofs, check, none } = certificateContent(certificate, language);
  doc.addStructure(
    doc.struct('H1', {}, () => void doc.font('Helvetica-Bold').fontSize(sizes.title).text(printable(title)).moveDown(0.3)),
  );
  paragraph(doc, law);
  paragraph(doc, outcome, 'Helvetica-Bold');
  for (const [name, value] of facts) paragraph(doc, `${name}: ${value}`);
  doc.font('Helvetica').fontSize(sizes.table);
  const cell = (text: string): string => text.split('\n').map(printable).join('\n');
  const options = {
    structParent: doc,
    columnStyles: [90, 70, '*', '*'] as const,
    defaultStyle: { border: [0, 0, 0.5, 0] as const, padding: 4 },
  };
  const shown = doc.table(options as unknown as Parameters<Document['table']>[0]); // its types do not know `structParent`
  shown.row(head.map((text) => ({ text: printable(text), type: 'TH' as const })));
  for (const { systemId, located, done, kept } of rows)
    shown.row([systemId, `${located}`, done.join('\n'), kept.join('\n')].map(cell));
  shown.end();
  doc.x = margin;
  doc.moveDown(1);
  for (const [text, fingerprint] of proofs) {
    paragraph(doc, text);
    paragraph(doc, fingerprint, 'Courier', sizes.code);
  }
  paragraph(doc, check, 'Courier', sizes.code);
  paragraph(doc, none);
}

/**
 * A certificate as a PDF to file or print: tagged, in the reader's language, and the same bytes for the same certificate. It says
 * what the page says; the JSON is what is verified.
 */
export async function certificatePdf(certificate: ErasureCertificate, language: PageLanguage): Promise<Buffer> {
  const { title } = certificateContent(certificate, language);
  const doc = new PDFDocument({
    size: 'A4',
    margin,
    pdfVersion: '1.7',
    tagged: true,
    lang: language,
    displayTitle: true,
    info: { Title: printable(title), Author: 'Ficha', CreationDate: new Date(certificate.body.closedAt) },
  });
  const parts: Buffer[] = [];
  doc.on('data', (part: Buffer) => parts.push(part));
  const ended = new Promise<void>((resolve, reject) => {
    doc.on('end', resolve);
    doc.on('error', reject);
  });
  write(doc, certificate, language);
  doc.end();
  await ended;
  return Buffer.concat(parts);
}
