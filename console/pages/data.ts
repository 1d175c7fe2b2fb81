import { html } from 'hono/html';
import { page } from '../page.ts';
import { byCategory } from '../parts/by-category.ts';
import { dataPlaces } from '../parts/data-places.ts';
import { dataMapPicture } from '../parts/data-map-picture.ts';
import { day, type Html, type View } from '../view.ts';

export interface DataMapLine {
  readonly linkedSystemId: string;
  readonly connector: string;
  readonly title: string;
  readonly kind: string;
  readonly records: number;
  readonly holds: readonly { readonly field: string; readonly category: string }[];
  readonly oldestSeenAt: string;
}

export interface DataAnswer {
  readonly overview: {
    readonly people: number;
    readonly companies: number;
    readonly suppressionsConfirmed: number;
    readonly suppressionsWaiting: number;
    readonly requestsOpen: number;
    readonly requestsClosed: number;
  };
  readonly processing: readonly {
    readonly purpose: string;
    readonly legalBasis: string;
    readonly channels: readonly string[];
    readonly linkedSystemIds: readonly string[];
    readonly people: number;
    readonly since: string;
    readonly suppressions: number;
  }[];
  readonly dataMap: readonly DataMapLine[];
}

export const dataQuestion = `{ overview { people companies suppressionsConfirmed suppressionsWaiting requestsOpen requestsClosed }
  processing { purpose legalBasis channels linkedSystemIds people since suppressions }
  dataMap { linkedSystemId connector title kind records holds { field category } oldestSeenAt } }`;

/** Purposes, who was told, where data lies: a page that prints well. */
export const dataPage = (view: View, { overview, processing, dataMap }: DataAnswer): Html => {
  const { t } = view;
  return page(view, {
    title: t('data.title'),
    body: html`${dataPlaces(view)}<h1>${t('data.title')}</h1>
<p>${t('data.intro')}</p>
<p><button type="button" data-print hidden>${t('data.print')}</button></p>
<section aria-labelledby="drift"><h2 id="drift">${t('data.drift')}</h2>
<p class="${overview.suppressionsWaiting === 0 ? 'said' : 'warning'}">${overview.suppressionsWaiting === 0 ? t('data.noDrift', { n: overview.suppressionsConfirmed }) : t('data.someDrift', { n: overview.suppressionsWaiting, confirmed: overview.suppressionsConfirmed })}</p></section>
<section><h2 id="purposes">${t('data.purposes')}</h2>
${
  processing.length === 0
    ? html`<p class="empty">${t('data.noPurposes')}</p>`
    : html`<div class="scroll" tabindex="0" role="region" aria-labelledby="purposes"><table><thead><tr><th scope="col">${t('consent.purpose')}</th><th scope="col">${t('data.basis')}</th><th scope="col">${t('data.channels')}</th><th scope="col">${t('data.systems')}</th><th scope="col">${t('data.people')}</th><th scope="col">${t('data.suppressions')}</th><th scope="col">${t('data.since')}</th></tr></thead>
<tbody>${processing.map((one) => html`<tr><th scope="row">${t.code('purpose', one.purpose)}</th><td>${t.code('basis', one.legalBasis)}</td><td>${one.channels.map((channel) => t.code('channel', channel)).join(', ')}</td><td>${one.linkedSystemIds.map((id) => dataMap.find(({ linkedSystemId }) => linkedSystemId === id)?.title ?? id).join(', ')}</td><td>${t.number(one.people)}</td><td>${t.number(one.suppressions)}</td><td>${day(t, one.since)}</td></tr>`)}</tbody></table></div>`
}</section>
<section><h2 id="map">${t('data.map')}</h2>
${dataMap.length === 0 ? html`<p class="empty">${t('data.noMap')}</p>` : html`${dataMapPicture(view, dataMap)}${mapTable(view, dataMap)}`}</section>`,
  });
};

const mapTable = (
  { t }: View,
  lines: readonly DataMapLine[],
): Html => html`<div class="scroll" tabindex="0" role="region" aria-labelledby="map"><table><thead><tr><th scope="col">${t('systems.name')}</th><th scope="col">${t('data.kind')}</th><th scope="col" class="amount">${t('systems.records')}</th><th scope="col">${t('data.fields')}</th><th scope="col">${t('data.since')}</th></tr></thead>
<tbody>${lines.map((one) => html`<tr><th scope="row">${one.title}</th><td class="word">${t.code('kind', one.kind)}</td><td class="amount">${t.number(one.records)}</td><td>${byCategory(t, one.holds)}</td><td>${day(t, one.oldestSeenAt)}</td></tr>`)}</tbody></table></div>`;
