import { html } from 'hono/html';
import { type Html, moment, type View } from '../view.ts';

/** Times that a system was found to allow what the ledger denies, newest first. */
export interface Drift {
  readonly found: readonly {
    readonly clientId: string;
    readonly linkedSystemId: string;
    readonly purpose: string;
    readonly channel: string;
    readonly foundAt: string;
  }[];
  /** Of those on this page. */
  readonly names: ReadonlyMap<string, string>;
}

/** As many as a page shows. */
export const driftShown = 50;

/** Where a system had forgotten a no; each was put right in the same round. */
export const driftPart = ({ t }: View, { found, names }: Drift): Html => html`<section><h2 id="drift">${t('drift.title')}</h2>
<p>${t('drift.intro')}</p>
${
  found.length === 0
    ? html`<p class="said">${t('drift.none')}</p>`
    : html`<p class="warning">${t('drift.found', { n: found.length })}</p><div class="scroll" tabindex="0" role="region" aria-labelledby="drift"><table><thead><tr><th scope="col">${t('drift.when')}</th><th scope="col">${t('systems.name')}</th><th scope="col">${t('consent.purpose')}</th><th scope="col">${t('consent.channel')}</th><th scope="col">${t('drift.client')}</th></tr></thead>
<tbody>${found.slice(0, driftShown).map((one) => html`<tr><td>${moment(t, one.foundAt)}</td><td>${one.linkedSystemId}</td><td>${t.code('purpose', one.purpose)}</td><td>${t.code('channel', one.channel)}</td><td>${names.has(one.clientId) ? html`<a href="/console/clients/${one.clientId}/told" dir="auto">${names.get(one.clientId)}</a>` : html`<code>${one.clientId.slice(-8)}</code>`}</td></tr>`)}</tbody></table></div>`
}</section>`;
