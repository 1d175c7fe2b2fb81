const shortest = 3;
const longest = 24;

/**
 * The word, and the word without each one of its letters: two words one typo apart share one of these. O(n) texts.
 * @see W. Garbe, Symmetric Delete spelling correction, 2012; `search_variants` of the store makes the same of the words in use
 */
export function typosOf(word: string): string[] {
  const letters = Array.from(word);
  if (letters.length < shortest || letters.length > longest) return [word];
  return [...new Set([word, ...letters.map((_, place) => letters.filter((_letter, other) => other !== place).join(''))])];
}
