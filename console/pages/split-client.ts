import { html } from 'hono/html';
import type { Ficha } from '../client-question.ts';
import { page } from '../page.ts';
import { identityHeader } from '../parts/identity-header.ts';
import { csrfField, type Html, moment, nothing, type View } from '../view.ts';
import type { Effect } from './review.ts';

/** Names a record as the command takes it. */
const nameOf = ({ linkedSystemId, externalId }: Ficha['records'][number]): string => `${linkedSystemId}:${externalId}`;

export interface Preview {
  readonly effect?: Effect;
  readonly trouble?: string;
}

/** What each side would hold; sent alone whenever the choice changes. */
export const splitEffect = ({ t }: View, { effect, trouble }: Preview): Html => {
  if (trouble !== undefined) return html`<p class="trouble">${trouble}</p>`;
  if (effect === undefined) return html`<p class="empty">${t('split.noneChosen')}</p>`;
  const sides = [t('split.stays'), t('split.leaves')];
  return html`<table><caption>${t('split.effect')}</caption><thead><tr><td></td><th scope="col" class="amount">${t('systems.records')}</th><th scope="col" class="amount">${t('sales.title')}</th><th scope="col" class="amount">${t('split.contacts')}</th><th scope="col" class="amount">${t('consent.title')}</th></tr></thead>
<tbody>${effect.parts.map(({ records, sales, interactions, consents }, place) => html`<tr><th scope="row">${sides[place] ?? ''}</th><td class="amount">${t.number(records)}</td><td class="amount">${t.number(sales)}</td><td class="amount">${t.number(interactions)}</td><td class="amount">${t.number(consents)}</td></tr>`)}</tbody></table>`;
};

/** Records of one client, to be parted: tick them, or drag them over; the effect is shown at once, and nothing is done before the button. */
export function splitPage(view: View, ficha: Ficha, chosen: readonly string[], preview: Preview = {}): Html {
  const { t } = view;
  const record = (one: Ficha['records'][number]): Html =>
    html`<li draggable="true"><label class="choice"><input type="checkbox" name="records" value="${nameOf(one)}"${chosen.includes(nameOf(one)) ? html` checked` : nothing}>
<span><strong>${one.linkedSystem}</strong> <code>${nameOf(one)}</code><br><small>${t('records.synced')} ${moment(t, one.syncedAt)}</small></span></label></li>`;
  return page(view, {
    title: t('split.title'),
    body: html`${identityHeader(view, ficha)}
<h2>${t('split.title')}</h2><p>${t('split.intro')}</p>
<form method="post" action="/console/clients/${ficha.id}/split" id="split">${csrfField(view)}
<div class="columns"><fieldset data-drop="stay"><legend>${t('split.stays')}</legend><ul class="split">${ficha.records.map(record)}</ul></fieldset>
<fieldset data-drop="part" class="drop" hidden><legend>${t('split.leaves')}</legend><p class="hint">${t('split.drop')}</p><ul class="split"></ul></fieldset></div>
<div id="effect" role="status">${splitEffect(view, preview)}</div>
<div class="row"><button name="what" value="preview">${t('split.preview')}</button>
<button name="what" value="split" class="main">${t('split.go')}</button>
<a class="button" href="/console/clients/${ficha.id}">${t('open.back')}</a></div>
</form>`,
  });
}
