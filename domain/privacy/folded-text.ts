import { fold } from '../record/normalise/fold.ts';

/** A text in the form in which it is compared, with the way back: `origin[i]` is where folded character i came from. */
export interface FoldedText {
  readonly folded: string;
  readonly origin: readonly number[];
}

/** Lower case, without accents, character by character; lengths may differ from the text's. */
export function foldedText(text: string): FoldedText {
  let folded = '';
  const origin: number[] = [];
  let place = 0;
  for (const character of text) {
    const piece = fold(character);
    folded += piece;
    for (let count = 0; count < piece.length; count += 1) origin.push(place);
    place += character.length;
  }
  return { folded, origin };
}

/** A word of a text and where it stands in the folded form. */
export interface PlacedWord {
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

/** Letters with what joins them inside a name; a hyphen parts, so that `Quijano-Ruiz` is two words as `Quijano Ruiz` is. */
export const placedWords = (folded: string): PlacedWord[] =>
  [...folded.matchAll(/\p{L}+(?:['’]\p{L}+)*/gu)].map((match) => ({
    word: match[0].replaceAll(/['’]/g, ''),
    start: match.index,
    end: match.index + match[0].length,
  }));

/** Whether one slip of the pen (a letter wrong, missing, too many, or two exchanged) makes one word the other. */
export function isOneSlipAway(one: string, other: string): boolean {
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  if (long.length - short.length > 1) return false;
  let at = 0;
  while (at < short.length && short[at] === long[at]) at += 1;
  if (long.length > short.length) return short.slice(at) === long.slice(at + 1);
  const exchanged = short[at] === long[at + 1] && short[at + 1] === long[at] && short.slice(at + 2) === long.slice(at + 2);
  return exchanged || short.slice(at + 1) === long.slice(at + 1);
}
