import { html } from 'hono/html';
import { page } from '../page.ts';
import { dataPlaces } from '../parts/data-places.ts';
import { csrfField, type Html, moment, nothing, type View } from '../view.ts';

interface Entry {
  readonly seq: string;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly subject: string | null;
  readonly hash: string;
}

export interface AuditAnswer {
  readonly auditEntries: {
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
    readonly edges: readonly { readonly node: Entry }[];
  };
}

export const auditQuestion = `query Audit($after: String) { auditEntries(first: 50, after: $after) {
  pageInfo { hasNextPage endCursor } edges { node { seq at actor action subject hash } } } }`;

/** What a check of the whole chain found. */
export interface ChainCheck {
  readonly entries: number;
  readonly holds: boolean;
  readonly faults: readonly { readonly seq: string; readonly code: string }[];
}

const checkedPart = ({ t }: View, checked: ChainCheck | undefined): Html =>
  checked === undefined
    ? nothing
    : checked.holds
      ? html`<p class="said" role="status">${t('audit.holds', { n: checked.entries })}</p>`
      : html`<div class="trouble" role="alert"><p>${t('audit.broken', { n: checked.faults.length })}</p><ul>${checked.faults.map(({ seq, code }) => html`<li>${seq}: ${code}</li>`)}</ul></div>`;

export const auditPage = (view: View, { auditEntries }: AuditAnswer, checked?: ChainCheck): Html => {
  const { t } = view;
  const { endCursor, hasNextPage } = auditEntries.pageInfo;
  return page(view, {
    title: t('audit.title'),
    body: html`${dataPlaces(view)}<h1 id="audit">${t('audit.title')}</h1><p>${t('audit.intro')}</p>
${checkedPart(view, checked)}
<div class="row"><form method="post" action="/console/audit/verify">${csrfField(view)}<button class="main">${t('audit.verify')}</button></form>
<a class="button" href="/console/audit/export" download>${t('audit.export')}</a></div>
<div class="scroll" tabindex="0" role="region" aria-labelledby="audit"><table><thead><tr><th scope="col">${t('audit.number')}</th><th scope="col">${t('audit.when')}</th><th scope="col">${t('audit.who')}</th><th scope="col">${t('audit.what')}</th><th scope="col">${t('audit.about')}</th><th scope="col">${t('audit.hash')}</th></tr></thead>
<tbody>${auditEntries.edges.map(({ node }) => html`<tr><td>${node.seq}</td><td>${moment(t, node.at)}</td><td>${node.actor}</td><td class="word">${t.code('audited', node.action)}</td><td><code>${node.subject ?? ''}</code></td><td><code>${node.hash.slice(0, 12)}</code></td></tr>`)}</tbody></table></div>
${hasNextPage && endCursor !== null ? html`<p><a class="button" href="/console/audit?after=${encodeURIComponent(endCursor)}">${t('audit.more')}</a></p>` : nothing}`,
  });
};
