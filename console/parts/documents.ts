import { html } from 'hono/html';
import type { Ficha } from '../client-question.ts';
import { csrfField, type Html, nothing, type View } from '../view.ts';

type Document = NonNullable<Ficha['documents']>[number];

const name = ({ title, originUrl }: Document): Html =>
  originUrl?.startsWith('https://')
    ? html`<a href="${originUrl}" rel="noreferrer" dir="auto">${title}</a>`
    : html`<span dir="auto">${title}</span>`;

/** A sealed copy in Ficha, where somebody keeps one: fetch it, take it away, or put one there. */
const copyPart = (view: View, clientId: string, { id, copy }: Document): Html => {
  const { t } = view;
  const path = `/console/clients/${clientId}/documents/${id}`;
  if (copy !== null) {
    const size = t.number(Math.max(1, Math.round(copy.size / 1024)), { style: 'unit', unit: 'kilobyte' });
    return html`<div class="row"><a class="button" href="${path}" download>${t('documents.fetch')} (${size})</a>
<form method="post" action="${path}/drop">${csrfField(view)}<button>${t('documents.drop')}</button></form></div>`;
  }
  return html`<details class="form"><summary>${t('documents.keep')}</summary><form method="post" action="${path}" enctype="multipart/form-data">${csrfField(view)}
<label>${t('documents.file')}<input type="file" name="copy" required></label><p class="hint">${t('documents.keepHint')}</p><button>${t('documents.keep')}</button></form></details>`;
};

/** Documents that linked systems list; the originals stay where they are. */
export function documentsPart(view: View, { id, documents }: Ficha): Html {
  const { t } = view;
  if (documents === undefined) return nothing;
  const mayKeep = view.mayOrder('keep-document');
  const line = (one: Document): Html =>
    html`<li>${name(one)} <small>${[one.at === null ? '' : t.day(one.at), one.mediaType ?? '', one.linkedSystemId].filter(Boolean).join(' · ')}</small>${mayKeep ? copyPart(view, id, one) : nothing}</li>`;
  return html`<section aria-labelledby="documents"><h2 id="documents">${t('documents.title')}</h2>
${documents.length === 0 ? html`<p class="empty">${t('documents.none')}</p>` : html`<ul class="documents">${documents.map(line)}</ul>`}</section>`;
}
