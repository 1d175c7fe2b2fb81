import { html } from 'hono/html';
import { page } from '../page.ts';
import { deadline } from '../parts/deadline.ts';
import { requestLive, requestMarks } from '../parts/request-live.ts';
import { noticePart, proofPart } from '../parts/request-proof.ts';
import { type Mention, mentionsFor, tasksPart } from '../parts/request-tasks.ts';
import { identityHeader } from '../parts/identity-header.ts';
import { type Whose, whoseIs } from '../whose-question.ts';
import { type NamedSystem, type PrivacyRequest, requestQuestion } from '../request-question.ts';
import { csrfField, day, type Html, nothing, type View } from '../view.ts';

export async function requestOf(view: View, id: string): Promise<PrivacyRequest | undefined> {
  const { privacyRequest, linkedSystems } = await view.ask<{
    readonly privacyRequest: Omit<PrivacyRequest, 'systems'> | null;
    readonly linkedSystems: readonly NamedSystem[];
  }>(requestQuestion, { id });
  return privacyRequest === null ? undefined : { ...privacyRequest, systems: linkedSystems };
}

/** What a request's page shows beside it. */
export interface Beside {
  /** Whose it is, where there is still somebody to show. */
  readonly whose: Whose | undefined;
  readonly mentions: readonly Mention[];
}

/** All of it for one request. */
export const besideOf = async (view: View, request: PrivacyRequest): Promise<Beside> => ({
  whose: await whoseIs(view, request),
  mentions: await mentionsFor(view, request),
});

/** One request: what runs, what it waits for, and the ways on. */
export const privacyRequestPage = (
  view: View,
  request: PrivacyRequest,
  { whose, mentions }: Beside,
  told: { readonly said?: string; readonly trouble?: string } = {},
): Html => {
  const { t } = view;
  const isOpen = request.closedAt === null;
  const needsYou = isOpen && (request.tasks.length > 0 || request.outcome === 'needs-attention');
  return page(view, {
    title: `${needsYou ? '⚠ ' : ''}${t.code('type', request.type)} ${request.id.slice(-8)}`,
    ...told,
    body: html`${whose === undefined ? nothing : identityHeader(view, whose, 2)}<h1>${t.code('type', request.type)} <code>${request.id.slice(-8)}</code></h1>
<p>${t('privacy.received')} ${day(t, request.receivedAt)}. ${t('privacy.due')}: ${isOpen ? deadline(view, request.dueAt) : day(t, request.dueAt)}
${request.firstDueAt === null ? nothing : html`<small>${t('privacy.extended')} ${day(t, request.firstDueAt)}</small>`}
${request.askedAgain === 0 ? nothing : html`<small>${t('privacy.askedAgain', { n: request.askedAgain })}</small>`}</p>
${identityPart(view, request)}
${tasksPart(view, request, mentions)}
<div id="live" data-live="${isOpen ? `/console/privacy/${request.id}/live?${new URLSearchParams(requestMarks(request))}` : ''}" aria-live="polite">${requestLive(view, request)}</div>
${isOpen && request.state === 'planned' ? decisionPart(view, request) : nothing}
${isOpen ? lifePart(view, request) : nothing}
${proofPart(view, request)}`,
  });
};

const form = (view: View, request: PrivacyRequest, verb: string, inside: Html): Html =>
  html`<form method="post" action="/console/privacy/${request.id}/${verb}">${csrfField(view)}${inside}</form>`;

const identityPart = (view: View, request: PrivacyRequest): Html => {
  const { t } = view;
  if (request.identityProvenAt !== null)
    return html`<p>${t('privacy.identity')}: ${t.code('proven', request.identityProof)}, ${day(t, request.identityProvenAt)}.</p>`;
  return html`<div class="warning" role="note"><p>${t('privacy.identityOpen')}</p>
${request.closedAt === null ? form(view, request, 'identity', html`<button>${t('privacy.vouch')}</button>`) : nothing}</div>`;
};

const decisionPart = (view: View, request: PrivacyRequest): Html => {
  const { t, session } = view;
  const approvedByMe = request.approvedBy.includes(session.subject);
  const irreversible = request.type === 'erasure';
  return html`<section aria-labelledby="decide"><h2 id="decide">${t('privacy.decide')}</h2>
${request.approvedBy.length > 0 ? html`<p class="warning" role="note">${t('privacy.secondPerson', { who: request.approvedBy.join(', ') })}</p>` : nothing}
${
  approvedByMe
    ? html`<p>${t('privacy.approvedByYou')}</p>`
    : form(
        view,
        request,
        'approve',
        html`<input type="hidden" name="planHash" value="${request.planHash ?? ''}">
${irreversible ? html`<label class="choice"><input type="checkbox" name="sure" value="yes" required> <span>${t('privacy.irreversible')}</span></label>` : nothing}
<button class="main${irreversible ? ' danger' : ''}">${t('privacy.approve', { n: request.plan.length })}</button>`,
      )
}
<details class="form"><summary>${t('privacy.refuse')}</summary>
${form(view, request, 'refuse', html`<label>${t('privacy.reason')}<input name="reason" required maxlength="400"></label><p class="hint">${t('privacy.noPersonalData')}</p><button>${t('privacy.refuse')}</button>`)}
${noticePart(view, request, 'refusal')}</details></section>`;
};

const lifePart = (view: View, request: PrivacyRequest): Html => {
  const { t } = view;
  return html`<section aria-labelledby="life"><h2 id="life">${t('privacy.more')}</h2>
${noticePart(view, request, 'receipt')}
${
  request.firstDueAt === null
    ? html`<details class="form"><summary>${t('privacy.extend')}</summary>${noticePart(view, request, 'extension')}
${form(view, request, 'extend', html`<p class="hint">${t('privacy.extendWhy')}</p><label>${t('privacy.reason')}<input name="reason" required maxlength="400"></label><button>${t('privacy.extend')}</button>`)}</details>`
    : nothing
}
<details class="form"><summary>${t('privacy.cancel')}</summary>${form(view, request, 'cancel', html`<p class="hint">${t('privacy.cancelWhy')}</p><button>${t('privacy.cancel')}</button>`)}</details></section>`;
};
