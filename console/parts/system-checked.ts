import { html } from 'hono/html';
import { type Html, nothing, type View } from '../view.ts';

/** What a system answered when it was tried. */
export interface Checked {
  readonly ok: boolean;
  readonly account?: string;
  readonly problems: readonly { readonly verb: string; readonly code: string; readonly say: string }[];
}

/** Verbs that lack a right. */
export const missingVerbs = (checked: Checked | undefined): ReadonlySet<string> =>
  new Set((checked?.problems ?? []).filter(({ code }) => code === 'right-missing').map(({ verb }) => verb));

/** That it connects, or what is missing and where to grant it. */
export const checkedPart = ({ t }: View, checked: Checked | undefined): Html =>
  checked === undefined
    ? nothing
    : html`<div role="status" class="${checked.ok && checked.problems.length === 0 ? 'said' : 'warning'}"><p><strong>${checked.ok ? t('link.checkOk', { account: checked.account ?? '' }) : t('link.checkBad')}</strong></p>
${checked.problems.length === 0 ? nothing : html`<ul>${checked.problems.map(({ verb, say }) => html`<li><strong>${t.code('verb', verb)}</strong>: <span lang="en">${say}</span></li>`)}</ul>`}</div>`;
