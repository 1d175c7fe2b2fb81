import { html } from 'hono/html';
import type { ProcessingRecord } from '../domain/consent/processing-record.ts';
import words from '../domain/consent/processing-words.json' with { type: 'json' };

/** Languages that the page is written in. */
export const pageLanguages = ['es', 'it', 'fr', 'en'] as const;
export type PageLanguage = (typeof pageLanguages)[number];
type Word = keyof (typeof words)['en'];

const style = `body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}
table{border-collapse:collapse;width:100%;margin:1rem 0}th,td{border-bottom:1px solid #bbb;padding:.4rem .5rem;text-align:left;vertical-align:top}
@media print{body{margin:0;max-width:none;font-size:11pt}@page{margin:2cm}}`;

const filled = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '');

/** The record of processing as a page that an authority reads and prints: no script, nothing loaded. @see GDPR art. 30(1), 30(4) */
export function processingPage(record: ProcessingRecord, language: PageLanguage) {
  const { generatedAt, controller, purposes, dataSubjects, recipients, retention, security } = record;
  const t = (word: Word): string => words[language][word];
  /** What the policy or a vendor brought and nobody translated stands as it is. */
  const code = (group: string, name: string): string =>
    (words[language] as Readonly<Record<string, string>>)[`${group}.${name}`] ?? name;
  const head = (names: readonly Word[]) =>
    html`<thead><tr>${names.map((name) => html`<th scope="col">${t(name)}</th>`)}</tr></thead>`;
  const day = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(generatedAt));
  return html`<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${t('title')}</title><style>${style}</style></head><body><main>
<h1>${t('title')}</h1>
<p>${filled(t('made'), { ...controller, day })}${controller.dpo === undefined ? '' : ` ${t('dpo')}: ${controller.dpo}.`}</p>
<h2>${t('purposes')}</h2><table>${head(['purpose', 'basis', 'channels', 'people'])}<tbody>
${purposes.map((one) => html`<tr><th scope="row">${one.title[language]}</th><td>${code('basis', one.legalBasis)}</td><td>${one.channels.map((channel) => code('channel', channel)).join(', ')}</td><td>${one.people}</td></tr>`)}
</tbody></table>
<h2>${t('subjects')}</h2><ul>${dataSubjects.map((one) => html`<li>${code('subject', one)}</li>`)}</ul>
<h2>${t('recipients')}</h2><table>${head(['system', 'where', 'transfer', 'holds'])}<tbody>
${recipients.map((one) => html`<tr><th scope="row">${one.title}</th><td>${one.regions.join(', ')}</td><td>${one.transferBasis ?? t('noTransfer')}</td><td>${[...one.categories.map((name) => code('data', name)), ...new Set(one.special.map(({ category }) => code('special', category)))].join(', ')}</td></tr>`)}
</tbody></table>
<h2>${t('retention')}</h2><ul>${retention.map((one) => html`<li>${filled(t('after'), { category: code('category', one.category), action: code('action', one.action), n: String(one.afterMonths) })} (${one.legalBasis})</li>`)}</ul>
<h2>${t('security')}</h2><ul>${security.map((one) => html`<li>${code('security', one)}</li>`)}</ul>
</main></body></html>`;
}
