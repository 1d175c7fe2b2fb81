import { createHash } from 'node:crypto';
import { html } from 'hono/html';
import type { Ficha } from '../client-question.ts';
import type { Html, View } from '../view.ts';

type Named = Pick<Ficha, 'id' | 'kind' | 'name'> & Partial<Pick<Ficha, 'company' | 'addresses' | 'emails'>>;

/** One of twelve colours, the same for a client for ever: a wrong window shows before a word is read. */
const colourOf = (id: string): number => (createHash('sha256').update(id).digest()[0] ?? 0) % 12;

/** Big and the same on every page about one client, so that nobody writes to the wrong one. */
export const identityHeader = ({ t }: View, { id, kind, name, company, addresses, emails }: Named, level: 1 | 2 = 1): Html => {
  const facts = [company?.name, addresses?.[0]?.city, emails?.[0]].filter(Boolean).join(' · ');
  const title = html`<span dir="auto">${name}</span>`;
  return html`<div class="identity hue-${colourOf(id)}">
<span class="kind">${t.code('kind', kind)}</span>
${level === 1 ? html`<h1>${title}</h1>` : html`<p class="as-title"><a href="/console/clients/${id}">${title}</a></p>`}
<p class="facts" dir="auto">${facts}</p>
<p class="short-id">${t('client.number')} <code>${id.slice(-8)}</code></p>
</div>`;
};
