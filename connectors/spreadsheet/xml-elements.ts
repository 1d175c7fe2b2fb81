import { FichaError } from '../../domain/record/error.ts';

/** A piece of an XML text: an element that was asked for, whole, or what stands between two. */
export interface XmlPiece {
  /** Name without prefix; undefined between elements. */
  readonly name: string | undefined;
  readonly text: string;
}

/** More than any row of a sheet takes. */
const longestElement = 32 * 1024 * 1024;
/** A tag whose end is not here yet may begin in so many last characters. */
const longestTagName = 100;

const startTag = /^<[^"'>]*(?:"[^"]*"[^"'>]*|'[^']*'[^"'>]*)*>/;

/** The start tag of an element. */
export const tagOf = (element: string): string => startTag.exec(element)?.[0] ?? '';

/** Where the element at the beginning of a text ends; undefined when that is not here yet. */
function endOf(text: string, prefixed: string): number | undefined {
  const tag = tagOf(text);
  if (tag === '') return undefined;
  if (tag.endsWith('/>')) return tag.length;
  const end = text.indexOf(`</${prefixed}>`, tag.length);
  return end < 0 ? undefined : end + prefixed.length + 3;
}

const openingOf = (names: readonly string[]): RegExp => new RegExp(`<((?:[\\w.-]+:)?(${names.join('|')}))(?=[\\s/>])`);

/**
 * Cuts XML, which comes in chunks, into the elements of some names and what stands between them; joined they are the text again. An element
 * is held whole, the rest is not. None may hold another of its own name.
 * @throws FichaError `workbook-unreadable` for an element that does not end
 */
export async function* xmlPieces(chunks: AsyncIterable<string>, names: readonly string[]): AsyncGenerator<XmlPiece> {
  const opening = openingOf(names);
  let rest = '';
  for await (const chunk of chunks) {
    rest += chunk;
    for (let found = opening.exec(rest); found !== null; found = opening.exec(rest)) {
      const [, prefixed = '', name] = found;
      const length = endOf(rest.slice(found.index), prefixed);
      if (found.index > 0) yield { name: undefined, text: rest.slice(0, found.index) };
      rest = rest.slice(found.index);
      if (length === undefined) break;
      yield { name, text: rest.slice(0, length) };
      rest = rest.slice(length);
    }
    if (rest.length > longestElement)
      throw new FichaError('workbook-unreadable', 'a linked workbook holds an element that does not end');
    if (opening.test(rest) || rest.length <= longestTagName) continue;
    yield { name: undefined, text: rest.slice(0, -longestTagName) };
    rest = rest.slice(-longestTagName);
  }
  if (rest !== '') yield { name: undefined, text: rest };
}

/** The same of a text that is at hand. */
export function piecesOf(text: string, name: string): readonly XmlPiece[] {
  const opening = openingOf([name]);
  const pieces: XmlPiece[] = [];
  let rest = text;
  for (let found = opening.exec(rest); found !== null; found = opening.exec(rest)) {
    const length = endOf(rest.slice(found.index), found[1] ?? '');
    if (length === undefined) break;
    if (found.index > 0) pieces.push({ name: undefined, text: rest.slice(0, found.index) });
    pieces.push({ name, text: rest.slice(found.index, found.index + length) });
    rest = rest.slice(found.index + length);
  }
  return rest === '' ? pieces : [...pieces, { name: undefined, text: rest }];
}

/** An attribute of an element's own tag, as it is written; undefined when it has none. */
export const attributeOf = (element: string, name: string): string | undefined =>
  new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`)
    .exec(tagOf(element))
    ?.slice(1)
    .find((value) => value !== undefined);

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Characters that XML cannot hold. @see XML 1.0, 2.2 */
const unwritable = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/** A text as XML writes it. */
export const escaped = (text: string): string =>
  text.replaceAll(unwritable, '').replaceAll(/[&<>"]/g, (one) => entities[one] ?? one);
