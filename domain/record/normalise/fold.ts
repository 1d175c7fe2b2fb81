const ligatures: Readonly<Record<string, string>> = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', ı: 'i' };

/** Lower case without accents: the form in which words are compared. */
export function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[ßæœøłđı]/g, (letter) => ligatures[letter] ?? letter);
}

/** The words of a text, folded, in their order; apostrophes, hyphens and dots part nothing that people write together. */
export function wordsOf(text: string): string[] {
  return fold(text)
    .replaceAll(/['’`´.]/g, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}
