const utf8 = new TextDecoder('utf-8', { fatal: true });
const windows = new TextDecoder('windows-1252');

/** Control characters that texts hold: tab, line feed, vertical tab, form feed, carriage return, escape. */
const ofTexts: ReadonlySet<number> = new Set([9, 10, 11, 12, 13, 27]);

/** Whether a text holds a sign that no text holds. */
function isNoText(text: string): boolean {
  for (let place = 0; place < text.length; place += 1) {
    const code = text.charCodeAt(place);
    if (code < 32 && !ofTexts.has(code)) return true;
  }
  return false;
}

/** A text in UTF-8, in UTF-16 with its mark, or else in the letters that Windows writes; undefined for what is no text. */
export function asPlain(bytes: Uint8Array): string | undefined {
  const text = decoded(bytes);
  return isNoText(text) ? undefined : text;
}

function decoded(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return utf8.decode(bytes);
  } catch {
    return windows.decode(bytes);
  }
}
