/** The text under a key; `write` makes it where it is not kept. */
export type WrittenTexts = (key: string, write: () => string) => string;

/**
 * Keeps texts that never change, so that each is written once. Those not asked for longest go when all of them are longer than `most`
 * letters.
 */
export function createWrittenTexts(most = 32 * 1024 * 1024): WrittenTexts {
  const texts = new Map<string, string>(); // in the order of use
  let letters = 0;
  return (key, write) => {
    const known = texts.get(key);
    const text = known ?? write();
    if (known === undefined) letters += key.length + text.length;
    else texts.delete(key);
    texts.set(key, text);
    for (const [oldest, { length }] of texts) {
      if (letters <= most) break;
      texts.delete(oldest);
      letters -= oldest.length + length;
    }
    return text;
  };
}
