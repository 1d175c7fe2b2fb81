import { html } from 'hono/html';
import type { ConsentPolicy, ConsentPurpose } from '../../schemas/types.ts';
import { page } from '../page.ts';
import { dataPlaces } from '../parts/data-places.ts';
import { driftPart, type Drift } from '../parts/drift.ts';
import { day, type Html, nothing, type View } from '../view.ts';
import { languages } from '../words.ts';

export type Purposes = Pick<ConsentPolicy, 'purposes' | 'ageOfConsent' | 'caps'>;
type Text = NonNullable<ConsentPurpose['texts']>[number];

const fact = (label: string, value: Html | string): Html => html`<div><dt>${label}</dt><dd>${value}</dd></div>`;

/** One version of a text, word for word in every language: it is the proof of each yes that names it. */
const textPart = (
  { t }: View,
  { version, from, text }: Text,
  isNewest: boolean,
): Html => html`<details class="form"${isNewest ? html` open` : nothing}>
<summary>${t('purposes.version')} <code>${version}</code>, ${t('purposes.from')} ${day(t, from)}${isNewest ? html` <span class="badge good">${t('purposes.inUse')}</span>` : nothing}</summary>
<dl class="texts">${languages.map((language) => html`<div><dt>${language}</dt><dd lang="${language}">${text[language]}</dd></div>`)}</dl></details>`;

const purposePart = (view: View, name: string, purpose: ConsentPurpose): Html => {
  const { t } = view;
  const newestFirst = (purpose.texts ?? []).toReversed();
  const special = purpose.specialCategories ?? [];
  return html`<section class="card" aria-labelledby="purpose-${name}"><h3 id="purpose-${name}">${purpose.title[t.language]} <code>${name}</code></h3>
<dl class="facts-grid">
${fact(t('data.basis'), t.code('basis', purpose.legalBasis))}
${fact(t('purposes.asked'), purpose.optional ? t('purposes.isAsked') : t('purposes.notAsked'))}
${fact(t('data.channels'), purpose.channels.map((channel) => t.code('channel', channel)).join(', '))}
${fact(t('purposes.holds'), purpose.expiresAfterMonths === undefined ? t('purposes.untilNo') : t('purposes.months', { n: purpose.expiresAfterMonths }))}
${purpose.doubleOptIn === true ? fact(t('purposes.confirmed'), t('purposes.doubleOptIn')) : nothing}
${special.length === 0 ? nothing : fact(t('purposes.special'), special.map((one) => t.code('special', one)).join(', '))}
</dl>
${newestFirst.length === 0 ? (purpose.optional ? html`<p class="empty">${t('purposes.noText')}</p>` : nothing) : html`<h4>${t('purposes.texts')}</h4>${newestFirst.map((text, place) => textPart(view, text, place === 0))}`}
</section>`;
};

const agePart = ({ t }: View, ageOfConsent: Purposes['ageOfConsent']): Html => {
  const names = new Intl.DisplayNames(t.language, { type: 'region' });
  const { default: elsewhere, ...countries } = ageOfConsent;
  return html`<h2 id="ages">${t('purposes.ages')}</h2><p>${t('purposes.agesWhy', { n: elsewhere })}</p>
<details class="form"><summary>${t('purposes.byCountry')}</summary><ul class="in-columns">${Object.entries(countries).map(([country, age]) => html`<li>${names.of(country) ?? country}: ${age}</li>`)}</ul></details>`;
};

/** Why people are asked, with which words, how long a yes holds, and where a system forgot a no. */
export const purposesPage = (view: View, { purposes, ageOfConsent, caps }: Purposes, drift: Drift): Html => {
  const { t } = view;
  return page(view, {
    title: t('purposes.title'),
    body: html`${dataPlaces(view)}<h1>${t('purposes.title')}</h1><p>${t('purposes.intro')}</p>
${driftPart(view, drift)}
<h2>${t('data.purposes')}</h2>
${Object.entries(purposes).map(([name, purpose]) => purposePart(view, name, purpose))}
${agePart(view, ageOfConsent)}
<h2>${t('purposes.caps')}</h2>
${caps.length === 0 ? html`<p class="empty">${t('purposes.noCaps')}</p>` : html`<ul>${caps.map(({ channel, most, days }) => html`<li>${t('purposes.cap', { channel: t.code('channel', channel), n: most, days })}</li>`)}</ul>`}`,
  });
};
