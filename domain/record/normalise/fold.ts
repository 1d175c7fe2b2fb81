const ligatures: Readonly<Record<string, string>> = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', ı: 'i' };

const plain = /^[\x20-\x7e]*$/;

/** Lower case without accents: the form in which words are compared. */
export function fold(text: string): string {
  // most words have no accent, and Unicode's tables cost ten times what this does
  if (plain.test(text)) return text.toLowerCase();
  return text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[ßæœøłđı]/g, (letter) => ligatures[letter] ?? letter);
}

const oneWord = /^[A-Za-z]+$/;

/** The words of a text, folded, in their order; apostrophes, hyphens and dots part nothing that people write together. */
export function wordsOf(text: string): string[] {
  if (oneWord.test(text)) return [text.toLowerCase()];
  return fold(text)
    .replaceAll(/['’`´.]/g, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}
