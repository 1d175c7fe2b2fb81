import { fold } from './fold.ts';
import { leadingForms, legalForms, legalPhrases } from './legal-forms.ts';
import { isPlaceholder } from './placeholder.ts';

const phrases = new RegExp(` (?:${legalPhrases.join('|')})(?: (?:en liquidacion|in liquidazione|en liquidation|i l))?$`, 'u');
const joiners = new Set(['y', 'i', 'e', 'et', 'and', 'und', 'ed']);
const endings = new Set(['the', 'de', 'di', 'du']);

/**
 * A company's name without legal form, accents and punctuation: "I.B.M.", "I-B-M", "I BM" and "IBM, S.A." are all "ibm"; "IBN" is not.
 * Undefined when nothing is left, or it is a placeholder.
 */
export function normaliseCompanyName(written: string): string | undefined {
  if (isPlaceholder(written)) return undefined;
  const folded = fold(written)
    .replaceAll(/\([^)]*\)/g, ' ')
    .replaceAll(/[’'`´]/g, '')
    .replaceAll(/(?<=\b\p{L})[./-](?=\p{L}\b)/gu, '')
    .replaceAll('&', ' and ')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
  // "Rossi S.n.c. di Mario Rossi & C.": who the partners are is no part of the name
  const named = folded.replace(/ (snc|sas) di .*$/u, ' $1').replace(/ (?:and|y|e|et) (?:c|cia|cie|co|company)$/u, '');
  const whole = named === '' ? [] : joined(named.split(' '));
  const bare = ` ${whole.join(' ')}`.replace(phrases, '').trim();
  const words = (bare === '' ? whole.join(' ') : bare).split(' ');
  while (words.length > 1 && (legalForms.has(words.at(-1) ?? '') || endings.has(words.at(-1) ?? ''))) words.pop();
  if (words.length > 1 && (leadingForms.has(words[0] ?? '') || words[0] === 'the')) words.shift();
  const kept = words.filter((word, place) => place === 0 || !joiners.has(word));
  // "3 M" is "3m", "H & M" is "hm": nothing but crumbs is one word
  return kept.every((word) => word.length <= 1) ? kept.join('') || undefined : kept.join(' ');
}

/** "s l" -> "sl", "i b m" -> "ibm", "i bm" -> "ibm": single letters belong to what stands beside them. */
function joined(words: readonly string[]): string[] {
  const out: string[] = [];
  let run = '';
  const flush = (): void => {
    if (run !== '') out.push(run);
    run = '';
  };
  for (const [place, word] of words.entries()) {
    const joins = joiners.has(word) && place > 0 && run.length === 0;
    if (word.length === 1 && !/\d/.test(word) && !joins) {
      run += word;
    } else if (run.length === 1 && word.length <= 3 && !legalForms.has(word) && !/\d/.test(word) && !joiners.has(word)) {
      run += word;
      flush();
    } else {
      flush();
      out.push(word);
    }
  }
  flush();
  return out;
}
