import { html } from 'hono/html';
import { page } from '../page.ts';
import { daysLeft, deadline } from '../parts/deadline.ts';
import { redRequests } from '../parts/red-requests.ts';
import { outcomeTone } from '../parts/outcome-tone.ts';
import { type RequestInList, requestsQuestion } from '../request-question.ts';
import { csrfField, day, type Html, nothing, type View } from '../view.ts';

interface Listed {
  readonly privacyRequests: {
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
    readonly edges: readonly { readonly node: RequestInList }[];
  };
}

const mostPages = 20;
/** So many are named in the list; each look at a name is logged. */
export const requestsNamed = 50;

/** All requests that run, the nearest deadline first. */
export async function runningRequests(view: View): Promise<readonly RequestInList[]> {
  const found: RequestInList[] = [];
  let after: string | null = null;
  for (let pages = 0; pages < mostPages; pages += 1) {
    const { privacyRequests }: Listed = await view.ask<Listed>(requestsQuestion, { open: true, after });
    found.push(...privacyRequests.edges.map(({ node }) => node));
    if (!privacyRequests.pageInfo.hasNextPage) break;
    after = privacyRequests.pageInfo.endCursor;
  }
  return found.sort((one, other) => (one.dueAt < other.dueAt ? -1 : 1));
}

/** The last hundred, those that ended among them. */
export const lastRequests = async (view: View): Promise<readonly RequestInList[]> =>
  (await view.ask<Listed>(requestsQuestion, { open: false, after: null })).privacyRequests.edges
    .map(({ node }) => node)
    .filter(({ closedAt }) => closedAt !== null);

/** What came in by itself and is no request yet. */
export interface WaitingIntake {
  readonly id: string;
  readonly way: string;
  readonly caller: string;
  readonly type: string;
  readonly waitsFor: 'officer' | 'request' | 'link';
  readonly receivedAt: string;
}

export const waitingIntakes = async (view: View): Promise<readonly WaitingIntake[]> =>
  (await view.order<{ readonly intakes: readonly WaitingIntake[] }>('GET', '/v1/intakes')).intakes;

const intakePart = (view: View, intakes: readonly WaitingIntake[]): Html => {
  const { t } = view;
  if (intakes.length === 0) return nothing;
  const one = ({
    id,
    way,
    caller,
    type,
    waitsFor,
    receivedAt,
  }: WaitingIntake): Html => html`<li>${day(t, receivedAt)} ${t.code('type', type)}
<code>${way}:${caller}</code> <span class="badge${waitsFor === 'officer' ? ' alarm' : ''}">${t(`intake.${waitsFor}`)}</span>
${waitsFor === 'officer' ? html`<form method="post" action="/console/privacy/intakes/${id}">${csrfField(view)}<button>${t('intake.done')}</button></form>` : nothing}</li>`;
  return html`<section aria-labelledby="intakes"><h2 id="intakes">${t('intake.title', { n: intakes.length })}</h2><ul>${intakes.map(one)}</ul></section>`;
};

interface Desk {
  readonly open: readonly RequestInList[];
  readonly ended: readonly RequestInList[];
  readonly intakes: readonly WaitingIntake[];
  /** Of the people of those that run, the most urgent first; who is restricted or erased is not in it. */
  readonly names: ReadonlyMap<string, string>;
  readonly said?: string;
}

/** The desk of the data-protection officer. */
export function privacyInbox(view: View, { open, ended, intakes, names, said }: Desk): Html {
  const { t } = view;
  const row = (
    one: RequestInList,
  ): Html => html`<tr class="${one.tasks.length > 0 || daysLeft(one.dueAt, view.now) < 0 ? 'needs-you' : ''}">
<th scope="row"><a href="/console/privacy/${one.id}">${t.code('type', one.type)} <code>${one.id.slice(-8)}</code></a></th>
<td dir="auto">${names.get(one.clientId) ?? '—'}</td>
<td>${deadline(view, one.dueAt)}</td>
<td>${one.tasks.length > 0 ? html`<strong class="badge alarm">${t('privacy.needsYou', { n: one.tasks.length })}</strong>` : t.code('state', one.state)}</td>
<td>${day(t, one.receivedAt)}</td></tr>`;
  return page(view, {
    title: t('privacy.title'),
    said,
    body: html`<h1>${t('privacy.title')}</h1>
${redRequests(view, open)}
<p><a class="button main" href="/console/privacy/new">${t('privacy.new')}</a></p>
<section><h2 id="open">${t('privacy.open', { n: open.length })}</h2>
${
  open.length === 0
    ? html`<p class="empty">${t('privacy.none')}</p>`
    : html`<div class="scroll" tabindex="0" role="region" aria-labelledby="open"><table><thead><tr><th scope="col">${t('privacy.request')}</th><th scope="col">${t('open.step1')}</th><th scope="col">${t('privacy.deadline')}</th><th scope="col">${t('privacy.state')}</th><th scope="col">${t('privacy.received')}</th></tr></thead><tbody>${open.map(row)}</tbody></table></div>`
}</section>
${intakePart(view, intakes)}
<section aria-labelledby="ended"><h2 id="ended">${t('privacy.ended')}</h2>
${
  ended.length === 0
    ? html`<p class="empty">${t('privacy.noneEnded')}</p>`
    : html`<ul class="ended">${ended.map((one) => html`<li><a href="/console/privacy/${one.id}">${t.code('type', one.type)} <code>${one.id.slice(-8)}</code></a> ${day(t, one.closedAt)} <span class="badge ${outcomeTone(one.outcome)}">${t.code('outcome', one.outcome)}</span></li>`)}</ul>`
}</section>`,
  });
}
