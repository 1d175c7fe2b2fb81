import { html } from 'hono/html';
import type { Ficha } from '../client-question.ts';
import { page } from '../page.ts';
import { identityHeader } from '../parts/identity-header.ts';
import { type Html, moment, nothing, type View } from '../view.ts';

export interface Told {
  readonly linkedSystemId: string;
  readonly purpose: string;
  readonly channel: string;
  readonly told: string;
  readonly since: string;
  readonly answer: string;
  readonly detail: string | null;
  readonly readBackAt: string | null;
}

const confirmed = new Set(['applied', 'absent']);

/** Which system was told of this client's word, when, and what it answered (GDPR art. 19). */
export const toldPage = (view: View, ficha: Ficha, told: readonly Told[]): Html => {
  const { t } = view;
  const row = (
    one: Told,
  ): Html => html`<tr><th scope="row">${one.linkedSystemId}</th><td>${t.code('told', one.told)}</td><td>${t.code('purpose', one.purpose)}</td><td>${t.code('channel', one.channel)}</td><td>${moment(t, one.since)}</td>
<td><span class="badge ${confirmed.has(one.answer) ? 'good' : 'waiting'}">${t.code('suppression', one.answer)}</span>${one.detail === null ? nothing : html` <small>${one.detail}</small>`}</td><td>${moment(t, one.readBackAt)}</td></tr>`;
  return page(view, {
    title: t('consent.toldTitle'),
    body: html`${identityHeader(view, ficha)}
<h2 id="told">${t('consent.toldTitle')}</h2><p>${t('told.intro')}</p>
${
  told.length === 0
    ? html`<p class="empty">${t('told.none')}</p>`
    : html`<div class="scroll" tabindex="0" role="region" aria-labelledby="told"><table><thead><tr><th scope="col">${t('systems.name')}</th><th scope="col">${t('told.what')}</th><th scope="col">${t('consent.purpose')}</th><th scope="col">${t('consent.channel')}</th><th scope="col">${t('told.when')}</th><th scope="col">${t('told.answer')}</th><th scope="col">${t('told.readBack')}</th></tr></thead><tbody>${told.map(row)}</tbody></table></div>`
}
<p><a class="button" href="/console/clients/${ficha.id}/receipt" download>${t('told.receipt')}</a> <a class="button" href="/console/clients/${ficha.id}">${t('open.back')}</a></p>`,
  });
};
