import { html } from 'hono/html';
import type { Ficha } from '../client-question.ts';
import { page } from '../page.ts';
import { identityHeader } from '../parts/identity-header.ts';
import { csrfField, type Html, nothing, type View } from '../view.ts';
import type { Effect } from './review.ts';

/** Names a record as the command takes it. */
const nameOf = ({ linkedSystemId, externalId }: Ficha['records'][number]): string => `${linkedSystemId}:${externalId}`;

/** Records of one client, to be parted: tick them, or drag them over; look at the effect, then do it. */
export function splitPage(
  view: View,
  ficha: Ficha,
  chosen: readonly string[],
  told: { readonly effect?: Effect; readonly trouble?: string } = {},
): Html {
  const { t } = view;
  const record = (
    one: Ficha['records'][number],
  ): Html => html`<li draggable="true"><label class="choice"><input type="checkbox" name="records" value="${nameOf(one)}"${chosen.includes(nameOf(one)) ? html` checked` : nothing}>
<span><strong>${one.linkedSystem}</strong> <code>${nameOf(one)}</code></span></label></li>`;
  return page(view, {
    title: t('split.title'),
    ...(told.trouble === undefined ? {} : { trouble: told.trouble }),
    body: html`${identityHeader(view, ficha)}
<h2>${t('split.title')}</h2><p>${t('split.intro')}</p>
<form method="post" action="/console/clients/${ficha.id}/split" id="split">${csrfField(view)}
<div class="columns"><fieldset data-drop="stay"><legend>${t('split.records')}</legend><ul class="split">${ficha.records.map(record)}</ul></fieldset>
<div data-drop="part" class="drop" aria-hidden="true"><p>${t('split.drop')}</p></div></div>
${told.effect === undefined ? nothing : html`<section role="status"><h3>${t('split.effect')}</h3><ul>${told.effect.parts.map(({ records, sales, interactions, consents }) => html`<li>${t('review.holds', { records, sales, interactions, consents })}</li>`)}</ul></section>`}
<div class="row"><button name="what" value="preview">${t('split.preview')}</button>
<button name="what" value="split" class="main">${t('split.go')}</button></div>
</form>`,
  });
}
