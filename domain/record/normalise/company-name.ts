import { fold } from './fold.ts';

const legalForms = new Set(
  (
    'sl slu sll sa sau sal sc scp scoop sccl cb srl srls spa sas snc sapa scarl scrl sarl eurl sasu sci selarl gie lda ltda gmbh ag ug kg ohg ' +
    'ltd limited plc llp llc inc corp corporation co company bv nv se ab as oy'
  ).split(' '),
);

/**
 * A company's name without legal form, accents and punctuation: "I.B.M.", "I-B-M", "I BM" and "IBM, S.A." are all "ibm"; "IBN" is not.
 * Undefined when nothing is left.
 */
export function normaliseCompanyName(written: string): string | undefined {
  const folded = fold(written)
    .replaceAll(/[’'`´]/g, '')
    .replaceAll(/\bet\b|\be\b(?=\s+figli)|&|\by\b/g, ' ')
    .replaceAll(/(?<=\b\p{L})[.-](?=\p{L}\b)/gu, '')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
  const words = joined(folded.split(' ').filter((word) => word !== ''));
  while (words.length > 1 && legalForms.has(words.at(-1) ?? '')) words.pop();
  const name = words.join(' ');
  return name === '' ? undefined : joinedShort(name);
}

/** "s l" -> "sl", "i b m" -> "ibm", "i bm" -> "ibm": single letters belong to what stands beside them. */
function joined(words: readonly string[]): string[] {
  const out: string[] = [];
  let run = '';
  for (const word of words) {
    if (word.length === 1 && !/\d/.test(word)) {
      run += word;
      continue;
    }
    if (run !== '' && run.length === 1 && word.length <= 3 && !legalForms.has(word)) {
      out.push(run + word);
      run = '';
      continue;
    }
    if (run !== '') out.push(run);
    run = '';
    out.push(word);
  }
  if (run !== '') out.push(run);
  return out;
}

const joinedShort = (name: string): string => name.replaceAll(/\s+/g, ' ');
