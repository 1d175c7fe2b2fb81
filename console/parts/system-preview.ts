import { html } from 'hono/html';
import { type Html, nothing, refusedInWords, type View } from '../view.ts';

interface StreamPreview {
  readonly stream: string;
  readonly records: number;
  readonly more: boolean;
  readonly fields: readonly { readonly field: string; readonly filled: number }[];
  readonly rejected: readonly { readonly code: string; readonly reason: string; readonly count: number }[];
  readonly examples: readonly (readonly { readonly field: string; readonly value: string }[])[];
  readonly trouble: { readonly code: string; readonly say: string } | null;
}

/** The first page of every stream of a system that is not linked yet. */
export interface Preview {
  readonly streams: readonly StreamPreview[];
}

const fieldsTable = ({ t }: View, { stream, records, fields, examples }: StreamPreview): Html => {
  const valueIn = (example: StreamPreview['examples'][number], name: string): string =>
    example.find(({ field }) => field === name)?.value ?? '';
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${stream}"><table><thead><tr><th scope="col">${t('open.field')}</th><th scope="col" class="amount">${t('preview.filled')}</th>${examples.map((_, place) => html`<th scope="col">${t('preview.example', { n: place + 1 })}</th>`)}</tr></thead>
<tbody>${fields.map(({ field, filled }) => html`<tr><th scope="row">${t.code('field', field)}</th><td class="amount">${t.number(filled / Math.max(1, records), { style: 'percent' })}</td>${examples.map((example) => html`<td dir="auto">${valueIn(example, field)}</td>`)}</tr>`)}</tbody></table></div>`;
};

const streamPart = (view: View, one: StreamPreview): Html => {
  const { t } = view;
  const heading = html`<h3>${one.stream}</h3>`;
  if (one.trouble !== null)
    return html`${heading}<p class="trouble">${refusedInWords(t, { code: one.trouble.code, message: one.trouble.say })}</p>`;
  return html`${heading}<p>${t(one.more ? 'preview.more' : 'preview.all', { n: one.records })}</p>
${one.fields.length === 0 ? nothing : fieldsTable(view, one)}
${one.rejected.length === 0 ? nothing : html`<p class="warning">${t('preview.aside')}</p><ul>${one.rejected.map(({ code, reason, count }) => html`<li>${t.number(count)} × <strong>${t.code('reject', code)}</strong>: <span lang="en">${reason}</span></li>`)}</ul>`}`;
};

/** What would come if the system were linked now. */
export const previewPart = (view: View, preview: Preview | undefined): Html =>
  preview === undefined
    ? nothing
    : html`<section class="card" aria-labelledby="preview" role="status"><h2 id="preview">${view.t('preview.title')}</h2><p class="hint">${view.t('preview.why')}</p>${preview.streams.map((one) => streamPart(view, one))}</section>`;
