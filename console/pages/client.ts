import { html } from 'hono/html';
import { clientQuestion, type Ficha } from '../client-question.ts';
import { page } from '../page.ts';
import { recordsPart, salesPart, timelinePart } from '../parts/activity.ts';
import { documentsPart } from '../parts/documents.ts';
import { consentMatrix } from '../parts/consent-matrix.ts';
import { glancePart } from '../parts/glance.ts';
import { goldenValues } from '../parts/golden-values.ts';
import { identityHeader } from '../parts/identity-header.ts';
import { csrfField, day, type Html, nothing, type View } from '../view.ts';

/** The ficha with all that the person may read of it; undefined when there is none, or none to be shown. */
export async function fichaOf(view: View, id: string): Promise<Ficha | undefined> {
  const question = clientQuestion((category) => view.mayReadCategory(category));
  const { client } = await view.ask<{ readonly client: Omit<Ficha, 'purposes'> | null }>(question, { id });
  if (client === null) return undefined;
  const { purposes } = view.mayOrder('record-consent')
    ? await view.order<Pick<Ficha, 'purposes'>>('GET', '/v1/consent-purposes')
    : { purposes: {} };
  return { ...client, purposes };
}

/** Everything about one client on one page. */
export const clientPage = (view: View, ficha: Ficha, told: { readonly said?: string; readonly trouble?: string } = {}): Html => {
  const { t } = view;
  return page(view, {
    title: t('client.title'),
    ...told,
    body: html`${identityHeader(view, ficha)}
${running(view, ficha)}
<div class="actions">
${view.mayOrder('write-to-client') ? html`<a class="button main" href="/console/clients/${ficha.id}/write">${t('client.write')}</a>` : nothing}
${view.mayOrder('open-request') ? html`<a class="button" href="/console/privacy/new/${ficha.id}">${t('client.privacy')}</a>` : nothing}
${view.mayOrder('settle-review') && ficha.records.length > 1 ? html`<a class="button" href="/console/clients/${ficha.id}/split">${t('client.split')}</a>` : nothing}
${view.mayRead('reviews') ? html`<a class="button" href="/console/clients/${ficha.id}/history">${t('history.title')}</a>` : nothing}
</div>
<div class="columns"><div>
${glancePart(view, ficha)}
${goldenValues(view, ficha)}
<section aria-labelledby="consent"><h2 id="consent">${t('consent.title')}</h2>
${consentMatrix(view, ficha.consent, ficha.suppressions)}
${view.mayOrder('read-receipts') ? html`<p><a href="/console/clients/${ficha.id}/told">${t('told.link')}</a></p>` : nothing}
${view.mayOrder('record-consent') ? consentForm(view, ficha) : nothing}</section>
${people(view, ficha)}
${recordsPart(view, ficha)}
</div><div>
${timelinePart(view, ficha)}
${salesPart(view, ficha)}
${documentsPart(view, ficha)}
</div></div>`,
  });
};

const running = ({ t, ...view }: View, { runningRequests }: Ficha): Html =>
  runningRequests.length === 0
    ? nothing
    : html`<div class="warning" role="note"><strong>${t('client.running')}</strong><ul>
${runningRequests.map(({ id, type, state, dueAt }) => {
  const words = html`${t.code('type', type)}: ${t.code('state', state)}, ${t('privacy.due')} ${day(t, dueAt)}`;
  return html`<li>${view.mayRead('privacy-requests') ? html`<a href="/console/privacy/${id}">${words}</a>` : words}</li>`;
})}</ul></div>`;

const people = ({ t }: View, { company, contacts, kind }: Ficha): Html => {
  if (kind === 'person') {
    return company === null
      ? nothing
      : html`<section aria-labelledby="company"><h2 id="company">${t('client.company')}</h2><p><a href="/console/clients/${company.id}" dir="auto">${company.name}</a></p></section>`;
  }
  return contacts.length === 0
    ? nothing
    : html`<section aria-labelledby="contacts"><h2 id="contacts">${t('client.contacts')}</h2><ul>${contacts.map(({ id, name, position }) => html`<li><a href="/console/clients/${id}" dir="auto">${name}</a> <small dir="auto">${position ?? ''}</small></li>`)}</ul></section>`;
};

const channels = ['email', 'sms', 'phone', 'post', 'messaging', 'any'] as const;
const hows = ['telephone', 'in-person', 'letter', 'email', 'form'] as const;

/** What the person has just said, written down while they are on the telephone. */
const consentForm = (view: View, { id, purposes }: Ficha): Html => {
  const { t } = view;
  const choose = (name: string, label: string, choices: readonly (readonly [code: string, words: string])[]): Html =>
    html`<label>${label}<select name="${name}">${choices.map(([code, words]) => html`<option value="${code}">${words}</option>`)}</select></label>`;
  const coded = (group: string, codes: readonly string[]) => codes.map((code) => [code, t.code(group, code)] as const);
  const ours = Object.entries(purposes).map(([name, { title }]) => [name, title[t.language]] as const);
  const versions = new Set(Object.values(purposes).flatMap(({ texts = [] }) => texts.map(({ version }) => version)));
  return html`<details class="form"><summary>${t('consent.record')}</summary>
<form method="post" action="/console/clients/${id}/consent">${csrfField(view)}
<div class="row">${choose('purpose', t('consent.purpose'), [...ours, ...coded('purpose', ['*'])])}
${choose('channel', t('consent.channel'), coded('channel', channels))}
${choose('how', t('consent.how'), coded('how', hows))}</div>
<label>${t('consent.textVersion')}<input name="textVersion" maxlength="100" list="text-versions" aria-describedby="text-hint"></label>
<datalist id="text-versions">${[...versions].map((version) => html`<option value="${version}"></option>`)}</datalist>
<p class="hint" id="text-hint">${t('consent.textHint')}</p>
<div class="row"><button name="answer" value="denied" class="main">${t('consent.sayNo')}</button>
<button name="answer" value="granted">${t('consent.sayYes')}</button></div>
</form></details>`;
};
