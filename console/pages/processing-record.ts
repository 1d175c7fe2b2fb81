import { html } from 'hono/html';
import { page } from '../page.ts';
import { byCategory } from '../parts/by-category.ts';
import { dataPlaces } from '../parts/data-places.ts';
import { type Html, nothing, type View } from '../view.ts';

/** The record of processing as the command API makes it. */
export interface ProcessingRecord {
  readonly generatedAt: string;
  readonly controller: { readonly name: string; readonly contact: string; readonly dpo?: string };
  readonly purposes: readonly {
    readonly purpose: string;
    readonly title: Readonly<Record<'es' | 'it' | 'fr' | 'en', string>>;
    readonly legalBasis: string;
    readonly channels: readonly string[];
    readonly specialCategories: readonly string[];
    readonly expiresAfterMonths: number | null;
    readonly people: number;
    readonly saidIn: readonly string[];
  }[];
  readonly unconfiguredPurposes: readonly string[];
  readonly dataSubjects: readonly string[];
  readonly recipients: readonly {
    readonly linkedSystemId: string;
    readonly title: string;
    readonly regions: readonly string[];
    readonly transferBasis: string | null;
    readonly holds: readonly {
      readonly kind: string;
      readonly records: number;
      readonly fields: readonly { readonly field: string; readonly category: string }[];
    }[];
    readonly special: readonly { readonly field: string; readonly category: string }[];
  }[];
  readonly retention: readonly {
    readonly category: string;
    readonly afterMonths: number;
    readonly action: string;
    readonly legalBasis: string;
  }[];
  readonly security: readonly string[];
}

type Recipient = ProcessingRecord['recipients'][number];

const table = (label: string, heads: readonly string[], rows: readonly Html[]): Html =>
  html`<div class="scroll" tabindex="0" role="region" aria-labelledby="${label}"><table><thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`;

const purposesTable = ({ t }: View, { purposes, recipients }: ProcessingRecord): Html =>
  table(
    'record-purposes',
    [t('consent.purpose'), t('data.basis'), t('data.channels'), t('purposes.special'), t('data.people'), t('record.saidIn')],
    purposes.map(
      (
        one,
      ) => html`<tr><th scope="row">${one.title[t.language]}</th><td>${t.code('basis', one.legalBasis)}</td><td>${one.channels.map((channel) => t.code('channel', channel)).join(', ')}</td>
<td>${one.specialCategories.map((name) => t.code('special', name)).join(', ')}</td><td class="amount">${t.number(one.people)}</td><td>${one.saidIn.map((id) => recipients.find(({ linkedSystemId }) => linkedSystemId === id)?.title ?? id).join(', ')}</td></tr>`,
    ),
  );

/** Fields by the category of personal data that they hold. */
const held = ({ t }: View, { holds, special }: Recipient): Html =>
  html`<ul>${holds.map(({ kind, records, fields }) => html`<li>${t.code('kind', kind)} (${t.number(records)}): ${byCategory(t, fields)}</li>`)}
${special.map(({ field, category }) => html`<li><strong>${t.code('special', category)}</strong>: <code>${field}</code></li>`)}</ul>`;

const recipientsTable = (view: View, recipients: readonly Recipient[]): Html => {
  const { t } = view;
  return table(
    'record-recipients',
    [t('systems.name'), t('record.where'), t('record.transfer'), t('record.holds')],
    recipients.map(
      (one) =>
        html`<tr><th scope="row">${one.title}</th><td>${one.regions.join(', ') || '—'}</td><td>${one.transferBasis ?? t('record.noTransfer')}</td><td>${held(view, one)}</td></tr>`,
    ),
  );
};

/** What an authority asks for first: the record of processing activities, to read and to print. @see Regulation (EU) 2016/679, art. 30(1) */
export const processingRecordPage = (view: View, record: ProcessingRecord): Html => {
  const { t } = view;
  const { controller, retention, unconfiguredPurposes } = record;
  return page(view, {
    title: t('record.title'),
    body: html`${dataPlaces(view)}<h1>${t('record.title')}</h1>
<p>${t('record.intro', { when: t.day(record.generatedAt) })}</p>
<p><button type="button" data-print hidden>${t('data.print')}</button></p>
<h2>${t('record.controller')}</h2>
<dl class="facts-grid"><div><dt>${t('record.name')}</dt><dd dir="auto">${controller.name}</dd></div><div><dt>${t('record.contact')}</dt><dd>${controller.contact}</dd></div>${controller.dpo === undefined ? nothing : html`<div><dt>${t('role.dpo')}</dt><dd>${controller.dpo}</dd></div>`}</dl>
<h2 id="record-purposes">${t('data.purposes')}</h2>${purposesTable(view, record)}
${unconfiguredPurposes.length === 0 ? nothing : html`<p class="warning">${t('record.unconfigured')}: ${unconfiguredPurposes.map((one) => t.code('purpose', one)).join(', ')}</p>`}
<h2>${t('record.subjects')}</h2><ul>${record.dataSubjects.map((one) => html`<li>${t.code('subject', one)}</li>`)}</ul>
<h2 id="record-recipients">${t('record.recipients')}</h2>${record.recipients.length === 0 ? html`<p class="empty">${t('systems.none')}</p>` : recipientsTable(view, record.recipients)}
<h2>${t('record.retention')}</h2>
<ul>${retention.map((one) => html`<li>${t('record.after', { category: t.code('category', one.category), n: one.afterMonths, action: t.code('retentionAction', one.action) })} <small>${one.legalBasis}</small></li>`)}</ul>
<h2>${t('record.security')}</h2><ul>${record.security.map((one) => html`<li>${t.code('security', one)}</li>`)}</ul>`,
  });
};
