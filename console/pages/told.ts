import { html } from 'hono/html';
import type { Ficha } from '../client-question.ts';
import { page } from '../page.ts';
import { identityHeader } from '../parts/identity-header.ts';
import { csrfField, day, type Html, moment, nothing, type View } from '../view.ts';

/** Another controller that was given data of the client. */
export interface Recipient {
  readonly place: string;
  readonly title: string | null;
  readonly givenAt: string;
  readonly by: 'package' | 'note';
}

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

/** To whom data of the client was given, and where another receiver is noted. */
const recipientsPart = (view: View, ficha: Ficha, recipients: readonly Recipient[]): Html => {
  const { t } = view;
  const path = `/console/clients/${ficha.id}/recipients`;
  const one = (recipient: Recipient): Html =>
    html`<li>${recipient.title ?? recipient.place} <small>${recipient.place}</small>, ${day(t, recipient.givenAt)}, ${t.code('recipient', recipient.by)}${
      recipient.by === 'note'
        ? html` <form method="post" action="${path}">${csrfField(view)}<input type="hidden" name="place" value="${recipient.place}"><button name="mistaken" value="yes">${t('recipient.mistaken')}</button></form>`
        : nothing
    }</li>`;
  return html`<section class="card"><h2>${t('recipient.heading')}</h2><p>${t('recipient.intro')}</p>
${recipients.length === 0 ? html`<p class="empty">${t('recipient.none')}</p>` : html`<ul>${recipients.map(one)}</ul>`}
<details class="form"><summary>${t('recipient.add')}</summary><form method="post" action="${path}">${csrfField(view)}
<label>${t('recipient.place')}<input name="place" required pattern="[a-z0-9][a-z0-9.\\-]{1,62}" maxlength="63" autocomplete="off"></label><p class="hint">${t('recipient.placeHint')}</p>
<label>${t('recipient.title')}<input name="title" maxlength="200" autocomplete="off"></label>
<label>${t('recipient.givenAt')}<input type="date" name="givenAt" required max="${view.now.toISOString().slice(0, 10)}"></label>
<button class="main">${t('recipient.add')}</button></form></details></section>`;
};

/** Which system was told of this client's word, when, and what it answered; and who was given data of the client (GDPR art. 19). */
export const toldPage = (
  view: View,
  ficha: Ficha,
  told: readonly Told[],
  { recipients, ...done }: { readonly recipients?: readonly Recipient[]; readonly said?: string; readonly trouble?: string },
): Html => {
  const { t } = view;
  const row = (
    one: Told,
  ): Html => html`<tr><th scope="row">${one.linkedSystemId}</th><td>${t.code('told', one.told)}</td><td>${t.code('purpose', one.purpose)}</td><td>${t.code('channel', one.channel)}</td><td>${moment(t, one.since)}</td>
<td><span class="badge ${confirmed.has(one.answer) ? 'good' : 'waiting'}">${t.code('suppression', one.answer)}</span>${one.detail === null ? nothing : html` <small>${one.detail}</small>`}</td><td>${moment(t, one.readBackAt)}</td></tr>`;
  return page(view, {
    title: t('consent.toldTitle'),
    ...done,
    body: html`${identityHeader(view, ficha)}
<h2 id="told">${t('consent.toldTitle')}</h2><p>${t('told.intro')}</p>
${
  told.length === 0
    ? html`<p class="empty">${t('told.none')}</p>`
    : html`<div class="scroll" tabindex="0" role="region" aria-labelledby="told"><table><thead><tr><th scope="col">${t('systems.name')}</th><th scope="col">${t('told.what')}</th><th scope="col">${t('consent.purpose')}</th><th scope="col">${t('consent.channel')}</th><th scope="col">${t('told.when')}</th><th scope="col">${t('told.answer')}</th><th scope="col">${t('told.readBack')}</th></tr></thead><tbody>${told.map(row)}</tbody></table></div>`
}
${recipients === undefined ? nothing : recipientsPart(view, ficha, recipients)}
<p><a class="button" href="/console/clients/${ficha.id}/receipt" download>${t('told.receipt')}</a> <a class="button" href="/console/clients/${ficha.id}">${t('open.back')}</a></p>`,
  });
};
