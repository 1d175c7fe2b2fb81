import { html } from 'hono/html';
import type { Ficha } from '../client-question.ts';
import { day, type Html, moment, nothing, type View } from '../view.ts';

const statusTone: Readonly<Record<string, string>> = { sent: 'good', refused: 'alarm', unknown: 'waiting' };

/** Contacts, newest first. */
export function timelinePart({ t }: View, { timeline }: Ficha): Html {
  if (timeline === undefined) return nothing;
  const line = (one: NonNullable<Ficha['timeline']>[number]): Html =>
    html`<li><span class="when">${moment(t, one.at)}</span> <strong>${t.code('interaction', one.kind)}</strong>
${one.direction === null ? '' : t.code('direction', one.direction)} <span dir="auto">${one.subject ?? ''}</span>
${one.status === null || one.status === 'closed' ? nothing : html`<span class="badge ${statusTone[one.status] ?? ''}">${t.code('interactionStatus', one.status)}</span>`} <small>${one.linkedSystemId}</small></li>`;
  return html`<section aria-labelledby="timeline"><h2 id="timeline">${t('timeline.title')}</h2>
${timeline.length === 0 ? html`<p class="empty">${t('timeline.none')}</p>` : html`<ol class="timeline">${timeline.map(line)}</ol>`}</section>`;
}

/** Quotes, orders, invoices, payments, newest first. */
export function salesPart({ t }: View, { sales }: Ficha): Html {
  if (sales === undefined) return nothing;
  return html`<section><h2 id="sales">${t('sales.title')}</h2>
${
  sales.length === 0
    ? html`<p class="empty">${t('sales.none')}</p>`
    : html`<div class="scroll" tabindex="0" role="region" aria-labelledby="sales"><table><thead><tr><th scope="col">${t('sales.day')}</th><th scope="col">${t('sales.kind')}</th><th scope="col">${t('sales.number')}</th><th scope="col">${t('sales.state')}</th><th scope="col" class="amount">${t('sales.amount')}</th></tr></thead>
<tbody>${sales.map((one) => html`<tr><td>${day(t, one.at)}</td><td>${t.code('sale', one.kind)}</td><td dir="auto">${one.number ?? ''}</td><td>${t.code('saleState', one.status)}</td><td class="amount">${t.money(one.amount, one.currency)}</td></tr>`)}</tbody></table></div>`
}</section>`;
}

/** The records that make up this ficha, and how fresh they are. */
export const recordsPart = (
  { t }: View,
  { records }: Ficha,
): Html => html`<section aria-labelledby="records"><h2 id="records">${t('records.title')}</h2>
<ul class="records">${records.map((one) => html`<li><strong>${one.linkedSystem}</strong> <code>${one.linkedSystemId}:${one.externalId}</code> <small>${t('records.synced')} ${moment(t, one.syncedAt)}</small></li>`)}</ul></section>`;
