import { html } from 'hono/html';
import type { Ficha, Provenance } from '../client-question.ts';
import { type Html, moment, nothing, type View } from '../view.ts';

const textOf = (value: string): string => {
  if (!/^[[{]/.test(value)) return value;
  try {
    const read: unknown = JSON.parse(value);
    return Object.values(read as object)
      .filter((one) => one !== null && one !== '')
      .map((one) =>
        typeof one === 'object'
          ? Object.values(one as object)
              .filter(Boolean)
              .join(', ')
          : String(one),
      )
      .join(', ');
  } catch {
    return value; // a text that merely begins like JSON
  }
};

/** Where a value comes from, when, by which rule, and what lost; it opens on hover and on focus, and Escape closes it. */
function origin({ t }: View, place: string, found: Provenance | undefined): Html {
  if (found === undefined) return nothing;
  const losing = found.losing.filter(({ value }) => value !== null);
  return html`<span class="origin"><button type="button" aria-label="${t('origin.of', { field: t.code('field', place) })}" aria-describedby="origin-${place}"><span aria-hidden="true">i</span></button>
<span role="tooltip" id="origin-${place}"><span class="line">${t('origin.from', { system: found.linkedSystemId, id: found.externalId })}${found.at === null ? '' : html`, ${moment(t, found.at)}`}.</span>
<span class="line">${t('origin.rule')}: ${t.code('rule', found.rule)}.</span>
${losing.length === 0 ? html`<span class="line">${t('origin.noLosing')}</span>` : html`<span class="line">${t('origin.losing')}</span>${losing.map((lost) => html`<span class="line lost" dir="auto">${lost.linkedSystemId ?? ''}: ${textOf(lost.value ?? '')}</span>`)}`}</span></span>`;
}

const addressLine = ({ street, postcode, city, region, country }: Ficha['addresses'][number]): string =>
  [street, [postcode, city].filter(Boolean).join(' '), region, country].filter(Boolean).join(', ');

/** The golden values, each with its origin. Empty ones are not shown. */
export function goldenValues(view: View, ficha: Ficha): Html {
  const { t } = view;
  const values: readonly (readonly [field: string, values: readonly (string | null | undefined)[]])[] = [
    ['givenName', [ficha.givenName]],
    ['familyName', [ficha.familyName]],
    ['companyName', [ficha.kind === 'company' ? ficha.name : null]],
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
    const from = ficha.provenance.find((one) => one.field === field);
    return html`<div><dt>${t.code('field', field)}</dt><dd>${there.map((one) => html`<span class="value" dir="auto">${one}</span>`)}${origin(view, field, from)}</dd></div>`;
  })}</dl></section>`;
}
