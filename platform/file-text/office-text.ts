import { unzipSync } from 'fflate';
import { SaxesParser } from 'saxes';

/** A file that is more than this when it is unpacked is no document. */
const mostUnpackedBytes = 100_000_000;

/** Elements after which a line ends; within them the pieces of a word follow each other. */
const lineEnds: ReadonlySet<string> = new Set([
  'p',
  'h',
  'br',
  'tab',
  'tr',
  'tc',
  'si',
  'c',
  'table-cell',
  'line-break',
  'creator',
  'lastModifiedBy',
  'title',
  'subject',
  'description',
  'keywords',
]);

const localName = (name: string): string => name.slice(name.indexOf(':') + 1);

/** What one part of a document says; cells of a sheet that only point at a shared text are left out, links are told. */
function partText(xml: string): string {
  const texts: string[] = [];
  let [points, inValue] = [false, false];
  const parser = new SaxesParser({ fragment: false });
  let broken: Error | undefined;
  parser.on('error', (error) => {
    broken ??= error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const local = localName(name);
    if (local === 'c') points = attributes['t'] === 's';
    inValue = local === 'v';
    for (const [key, value] of Object.entries(attributes))
      if (/^(?:.*:)?(?:target|href|author|initials|userName|descr|title)$/i.test(key))
        texts.push('\n', value.replace(/^(?:mailto|tel):/i, ''), '\n');
  });
  parser.on('text', (text) => {
    if (!(points && inValue)) texts.push(text);
  });
  parser.on('closetag', ({ name }) => {
    const local = localName(name);
    if (local === 'v') inValue = false;
    if (lineEnds.has(local)) texts.push('\n');
    else if (local === 's') texts.push(' ');
  });
  parser.write(xml).close();
  if (broken !== undefined) throw broken;
  return texts.join('');
}

/** Parts that hold what a reader sees, of Microsoft's formats and of the OpenDocument ones. */
const isTold = (name: string): boolean =>
  /\.(?:xml|rels)$/.test(name) &&
  !/^(?:\[Content_Types\]|_rels\/)|theme|styles\.xml|settings\.xml|fontTable|webSettings/i.test(name);

const isDocument = (names: readonly string[]): boolean =>
  names.includes('[Content_Types].xml') || (names.includes('content.xml') && names.includes('mimetype'));

/** Something within that is a file of its own. */
const holdsFile = (names: readonly string[]): boolean => names.some((name) => /\/(?:embeddings|Object [^/]+)\//.test(`/${name}`));

/** The words of a docx, xlsx, pptx, odt, ods or odp; undefined for any other archive, and for a document that holds other files. */
export function officeText(bytes: Uint8Array): string | undefined {
  const names: string[] = [];
  let unpacked = 0;
  try {
    const parts = unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        names.push(name);
        if (!isTold(name)) return false;
        unpacked += originalSize;
        return unpacked <= mostUnpackedBytes;
      },
    });
    if (!isDocument(names) || holdsFile(names) || unpacked > mostUnpackedBytes) return undefined;
    return Object.keys(parts)
      .sort()
      .map((name) => partText(Buffer.from(parts[name] ?? []).toString('utf8')))
      .join('\n');
  } catch {
    return undefined; // broken, or under a password
  }
}
