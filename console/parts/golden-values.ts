import { html } from 'hono/html';
import type { Ficha, Provenance } from '../client-question.ts';
import { day, type Html, nothing, type View } from '../view.ts';

/** Where a value comes from; opens on hover, on focus and on a tap. */
function origin({ t }: View, place: string, found: readonly Provenance[]): Html {
  const [first] = found;
  if (first === undefined) return nothing;
  const losing = first.losing.filter(({ value }) => value !== null);
  return html`<details class="origin"><summary aria-label="${t('origin.of', { field: t.code('field', place) })}">ⓘ</summary>
<div><p>${t('origin.from', { system: first.linkedSystemId, id: first.externalId })}${first.at === null ? '' : html`, ${day(t, first.at)}`}. ${t('origin.rule')}: ${t.code('rule', first.rule)}.</p>
${losing.length === 0 ? nothing : html`<p>${t('origin.losing')}</p><ul>${losing.map((lost) => html`<li dir="auto">${lost.linkedSystemId ?? ''}: ${lost.value ?? ''}</li>`)}</ul>`}</div></details>`;
}

const addressLine = ({ street, postcode, city, region, country }: Ficha['addresses'][number]): string =>
  [street, [postcode, city].filter(Boolean).join(' '), region, country].filter(Boolean).join(', ');

/** The golden values, each with its origin. Empty ones are not shown. */
export function goldenValues(view: View, ficha: Ficha): Html {
  const { t } = view;
  const values: readonly (readonly [field: string, values: readonly (string | null | undefined)[]])[] = [
    ['emails', ficha.emails],
    ['phones', ficha.phones],
    ['addresses', ficha.addresses.map(addressLine)],
    ['taxId', [ficha.taxId]],
    ['birthDate', [ficha.birthDate]],
    ['language', [ficha.language]],
    ['role', [ficha.position]],
    ['sector', [ficha.sector]],
    ['website', [ficha.website]],
    ['notes', [ficha.notes]],
  ];
  return html`<section aria-labelledby="values"><h2 id="values">${t('client.values')}</h2>
<dl class="values">${values.map(([field, shown]) => {
    const there = shown.filter((one): one is string => typeof one === 'string' && one !== '');
    if (there.length === 0) return nothing;
    const from = ficha.provenance.filter((one) => one.field === field);
    return html`<div><dt>${t.code('field', field)}</dt><dd>${there.map((one) => html`<span class="value" dir="auto">${one}</span>`)}${origin(view, field, from)}</dd></div>`;
  })}</dl></section>`;
}
