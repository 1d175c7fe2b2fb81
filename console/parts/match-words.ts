import { html } from 'hono/html';
import type { Html } from '../view.ts';
import type { Words } from '../words.ts';

/** One field of what two clients have in common, or not. */
export interface MatchReason {
  readonly speaks: string;
  readonly code: string;
  readonly number: number | null;
  readonly words: string;
  readonly weight: number | null;
}

/** A code that nobody has words for comes in the English of the API, and says so to a screen reader. */
const orEnglish = (said: string | undefined, english: string): Html =>
  said === undefined ? html`<span lang="en">${english}</span>` : html`${said}`;

/** What one field says of two clients. */
export const reasonWords = (t: Words, { code, number, words }: MatchReason): Html =>
  orEnglish(t.sentence('match', code, number === null ? {} : { n: number }), words);

/** The rule that doubts, and what holds it back. */
export function ruleWords(t: Words, rule: string, english: string): Html {
  const [, plain = rule, held] = /^(.+?)(?:-held-by-(conflict|doubt))?$/.exec(rule) ?? [];
  const said = t.sentence('matchRule', plain);
  const holds = held === undefined ? undefined : t.sentence('matchHeld', held);
  return orEnglish(said === undefined || holds === undefined ? said : `${said}; ${holds}`, english);
}
