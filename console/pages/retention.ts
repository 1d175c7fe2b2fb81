import { html } from 'hono/html';
import { page } from '../page.ts';
import { dataPlaces } from '../parts/data-places.ts';
import { csrfField, day, type Html, nothing, type View } from '../view.ts';

/** A person who was not heard of for longer than the policy keeps. */
export interface Proposal {
  readonly taskId: string;
  readonly clientId: string;
  readonly category: string;
  readonly action: string;
  readonly lastHeardAt: string;
  readonly openedAt: string;
}

export interface Proposals {
  readonly all: readonly Proposal[];
  /** Of those shown. */
  readonly names: ReadonlyMap<string, string>;
  readonly from: number;
}

/** As many as a page shows. */
export const proposalsShown = 20;

const proposalPart = (view: View, one: Proposal, name: string | undefined): Html => {
  const { t } = view;
  return html`<li class="card"><h2>${name === undefined ? html`<code>${one.clientId.slice(-8)}</code>` : html`<a href="/console/clients/${one.clientId}" dir="auto">${name}</a>`} <span class="badge">${t.code('category', one.category)}</span></h2>
<p>${t('retention.lastHeard')} ${day(t, one.lastHeardAt)}. ${t('retention.proposed')} ${day(t, one.openedAt)}: <strong>${t.code('retentionAction', one.action)}</strong>.</p>
<div class="row"><form method="post" action="/console/data/retention">${csrfField(view)}<input type="hidden" name="taskId" value="${one.taskId}"><button name="answer" value="${one.action === 'anonymise' ? 'anonymise' : 'erase'}" class="main">${t('retention.agree')}</button></form>
<details class="form"><summary>${t('retention.keep')}</summary><form method="post" action="/console/data/retention">${csrfField(view)}<input type="hidden" name="taskId" value="${one.taskId}">
<label>${t('privacy.reason')}<input name="reason" required minlength="3" maxlength="400" autocomplete="off"></label><p class="hint">${t('privacy.noPersonalData')}</p>
<button name="answer" value="keep">${t('retention.keep')}</button></form></details></div></li>`;
};

/** Who was proposed for erasure because their time is over; each is agreed to or kept with a reason. */
export const retentionPage = (
  view: View,
  { all, names, from }: Proposals,
  told: { readonly said?: string; readonly trouble?: string } = {},
): Html => {
  const { t } = view;
  const shown = all.slice(from, from + proposalsShown);
  return page(view, {
    title: t('retention.title'),
    ...told,
    body: html`${dataPlaces(view)}<h1>${t('retention.title')}</h1><p>${t('retention.intro')}</p>
${all.length === 0 ? html`<p class="empty">${t('retention.none')}</p>` : html`<p role="status">${t('retention.waiting', { n: all.length })}</p><ul class="cards">${shown.map((one) => proposalPart(view, one, names.get(one.clientId)))}</ul>`}
${from + proposalsShown < all.length ? html`<p><a class="button" href="/console/data/retention?from=${from + proposalsShown}">${t('audit.more')}</a></p>` : nothing}`,
  });
};
