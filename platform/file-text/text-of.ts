import { asPlain } from './plain-text.ts';
import { htmlText } from './html-text.ts';
import { officeText } from './office-text.ts';
import { pdfText } from './pdf-text.ts';

/** A file as a linked system gave it out. */
export interface HeldFileBytes {
  readonly name: string;
  /** As the system says; what the bytes are goes before it. */
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

const startsWith = (bytes: Uint8Array, text: string): boolean =>
  Buffer.from(bytes.subarray(0, text.length)).toString('latin1') === text;

const isPdf = (bytes: Uint8Array): boolean => Buffer.from(bytes.subarray(0, 1_024)).includes('%PDF-');

/** Text that is written in escapes of its own: what it says is not what it shows. */
const isEscaped = (text: string, name: string): boolean =>
  text.startsWith('{\\rtf') ||
  /\.(?:eml|mht|mhtml)$/i.test(name) ||
  /^content-transfer-encoding:|;ENCODING=(?:QUOTED-PRINTABLE|b)/im.test(text);

const isHtml = (text: string, { name, mediaType }: HeldFileBytes): boolean =>
  /html/i.test(mediaType) || /\.x?html?$/i.test(name) || /^\s*<(?:!doctype html|html)/i.test(text);

const jsonText = (text: string): string | undefined => {
  try {
    const texts: string[] = [];
    JSON.parse(text, (key: string, value: unknown) => {
      if (typeof value === 'string' || typeof value === 'number') texts.push(key, String(value));
      return value;
    });
    return texts.join('\n');
  } catch {
    return undefined;
  }
};

/**
 * What a person reads in a file: plain text, CSV, HTML, JSON, PDF, and the documents of office programs (docx, xlsx, pptx, odt, ods, odp).
 * Pictures are not read.
 * @returns undefined for what cannot be read for certain: another format, a file under a password, a broken one, a page that is a picture
 */
export async function textOf(file: HeldFileBytes): Promise<string | undefined> {
  const { bytes, name } = file;
  if (bytes.length === 0) return '';
  if (isPdf(bytes)) return await pdfText(bytes);
  if (startsWith(bytes, 'PK\u0003\u0004')) return officeText(bytes);
  const text = asPlain(bytes);
  if (text === undefined || isEscaped(text, name)) return undefined;
  if (isHtml(text, file)) return htmlText(text);
  if (/json/i.test(file.mediaType) || /\.json$/i.test(name)) return jsonText(text) ?? text;
  return text;
}
