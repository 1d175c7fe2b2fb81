import type { PDFPageProxy } from 'pdfjs-dist/types/src/pdf.d.ts';

const mostPages = 2_000;

/** What is drawn on a page, what is filled in on it, and where its links lead. */
async function pageText(page: PDFPageProxy): Promise<string> {
  const { items } = await page.getTextContent();
  const drawn = items.map((item) => ('str' in item ? `${item.str}${item.hasEOL ? '\n' : ''}` : '')).join('');
  const noted = (await page.getAnnotations()) as readonly Readonly<Record<string, unknown>>[];
  const told = noted.flatMap(({ url, contentsObj, fieldValue, titleObj }) =>
    [
      url,
      (contentsObj as { readonly str?: unknown } | undefined)?.str,
      fieldValue,
      (titleObj as { readonly str?: unknown } | undefined)?.str,
    ] // as pdf.js names them
      .filter((text) => typeof text === 'string')
      .map((text) => text.replace(/^(?:mailto|tel):/i, '')),
  );
  return [drawn, ...told].join('\n');
}

/** The words of a PDF; undefined when it is broken, under a password, or has a page without any words, which is a picture of one. */
export async function pdfText(bytes: Uint8Array): Promise<string | undefined> {
  const { getDocument } = await import('pdfjs-dist/legacy/build/pdf.mjs');
  // pdf.js takes the memory that it is given
  const loading = getDocument({ data: Uint8Array.from(bytes), verbosity: 0, isEvalSupported: false, disableFontFace: true });
  try {
    const document = await loading.promise;
    if (document.numPages > mostPages) return undefined;
    const { info } = await document.getMetadata();
    const texts = Object.values(info).filter((value) => typeof value === 'string');
    for (let number = 1; number <= document.numPages; number += 1) {
      const text = await pageText(await document.getPage(number));
      if (text.trim() === '') return undefined;
      texts.push(text);
    }
    return texts.join('\n');
  } catch {
    return undefined;
  } finally {
    await loading.destroy();
  }
}
