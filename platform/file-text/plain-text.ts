const utf8 = new TextDecoder('utf-8', { fatal: true });
const windows = new TextDecoder('windows-1252');

/** Signs that no text holds: what has one is not text. */
const noText = /[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/;

/** A text in UTF-8, in UTF-16 with its mark, or else in the letters that Windows writes; undefined for what is no text. */
export function asPlain(bytes: Uint8Array): string | undefined {
  const text = decoded(bytes);
  return noText.test(text) ? undefined : text;
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
