import { html } from 'hono/html';
import type { Ficha } from '../client-question.ts';
import { day, type Html, nothing, type View } from '../view.ts';

/** What to know before saying hello. */
export function glancePart({ t }: View, { glance }: Ficha): Html {
  if (glance === undefined) return nothing;
  const { currency, potential } = glance;
  const fact = (label: string, value: Html | string): Html => html`<div><dt>${label}</dt><dd>${value}</dd></div>`;
  const contact =
    glance.lastContactAt === null
      ? html`${t('glance.never')}`
      : html`${day(t, glance.lastContactAt)} (${t.code('channel', glance.lastContactChannel)})`;
  return html`<section aria-labelledby="glance"><h2 id="glance">${t('glance.title')}</h2>
<dl class="facts-grid">
${fact(t('glance.year'), t.money(glance.amount12Months, currency))}
${fact(t('glance.lastPurchase'), glance.lastPurchaseAt === null ? t('glance.never') : html`${day(t, glance.lastPurchaseAt)}, ${t.money(glance.lastPurchaseAmount ?? 0, currency)}`)}
${fact(t('glance.lastContact'), contact)}
${fact(t('glance.tickets'), t.number(glance.openTickets))}
${fact(t('glance.offers'), t.number(glance.openOffers))}
${fact(t('glance.potential'), potential.score === null ? t('glance.notScored') : html`${t.number(potential.score)} / 100 <small>${potential.reasons.map(({ code }) => t.code('potential', code)).join(', ')}</small>`)}
</dl>
${glance.qualityFlags.length === 0 ? nothing : html`<ul class="flags">${glance.qualityFlags.map((flag) => html`<li>${t.code('flag', flag)}</li>`)}</ul>`}
</section>`;
}
