import { wordsOf } from './fold.ts';

/** What the search box compares: the words, folded, one space between. Used for `client.search_name` and for what is typed. */
export function searchWords(text: string): string {
  return wordsOf(text).join(' ');
}
