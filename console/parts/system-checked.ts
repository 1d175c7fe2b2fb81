import { html } from 'hono/html';
import { type Html, nothing, type View } from '../view.ts';
import type { Words } from '../words.ts';

/** What a system answered when it was tried. */
export interface Checked {
  readonly ok: boolean;
  readonly account?: string;
  readonly problems: readonly { readonly verb: string; readonly code: string; readonly say: string }[];
}

/** Verbs that lack a right. */
export const missingVerbs = (checked: Checked | undefined): ReadonlySet<string> =>
  new Set((checked?.problems ?? []).filter(({ code }) => code === 'right-missing').map(({ verb }) => verb));

/** A problem by its code in the reader's language, with the English detail of the connector; a right that is missing is marked in the list of rights. */
const inWords = (t: Words, { code, say }: Checked['problems'][number]): Html => {
  const words = t.sentence('problem', code);
  if (words === undefined) return html`<span lang="en">${say}</span>`;
  return code === 'right-missing' ? html`${words}` : html`${words} <small lang="en">${say}</small>`;
};

/** That it connects, or what is missing and where to grant it. */
export const checkedPart = ({ t }: View, checked: Checked | undefined): Html =>
  checked === undefined
    ? nothing
    : html`<div role="status" class="${checked.ok && checked.problems.length === 0 ? 'said' : 'warning'}"><p><strong>${checked.ok ? t('link.checkOk', { account: checked.account ?? '' }) : t('link.checkBad')}</strong></p>
${checked.problems.length === 0 ? nothing : html`<ul>${checked.problems.map((problem) => html`<li><strong>${t.code('verb', problem.verb)}</strong>: ${inWords(t, problem)}</li>`)}</ul>`}</div>`;
