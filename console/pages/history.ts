import { html } from 'hono/html';
import type { Ficha } from '../client-question.ts';
import { page } from '../page.ts';
import { identityHeader } from '../parts/identity-header.ts';
import { type MatchReason, reasonWords, ruleWords } from '../parts/match-words.ts';
import { csrfField, type Html, moment, nothing, type View } from '../view.ts';

interface Decision {
  readonly id: string;
  readonly kind: string;
  readonly answer: string;
  readonly decidedBy: string;
  readonly at: string;
  readonly undoneBy: string | null;
  readonly undoneAt: string | null;
}

interface Step {
  readonly at: string;
  readonly cause: string;
  readonly linkedSystemId: string;
  readonly externalId: string;
  readonly rule: string | null;
  readonly ruleInWords: string | null;
  readonly reasons: readonly MatchReason[];
  readonly decidedBy: string | null;
}

/** How a client came to be what it is. */
export interface History {
  readonly decisions: readonly Decision[];
  readonly steps: readonly Step[];
}

export const historyQuestion = `query History($id: ID!) { clientHistory(id: $id) {
  decisions { id kind answer decidedBy at undoneBy undoneAt }
  steps { at cause linkedSystemId externalId rule ruleInWords decidedBy reasons { speaks code number words weight } } } }`;

const decisionPart = (view: View, clientId: string, one: Decision): Html => {
  const { t } = view;
  const isOver = one.undoneAt !== null;
  const undo = html`<form method="post" action="/console/clients/${clientId}/history">${csrfField(view)}<input type="hidden" name="decisionId" value="${one.id}"><button>${t('history.undo')}</button></form>`;
  return html`<li class="card"><p><strong>${t.code('decision', one.kind)}</strong>: ${t.code('reviewAnswer', one.answer)}. ${one.decidedBy}, ${moment(t, one.at)}</p>
${isOver ? html`<p class="hint">${t('history.takenBack')} ${one.undoneBy ?? ''}, ${moment(t, one.undoneAt)}</p>` : view.mayOrder('settle-review') ? undo : nothing}</li>`;
};

const stepLine = (
  { t }: View,
  one: Step,
): Html => html`<li><span class="when">${moment(t, one.at)}</span> <strong>${t.code('cause', one.cause)}</strong> <code>${one.linkedSystemId}:${one.externalId}</code>
${one.decidedBy === null ? nothing : html`<small>${one.decidedBy}</small>`}
${one.rule === null ? nothing : html`<span class="line">${ruleWords(t, one.rule, one.ruleInWords ?? one.rule)}</span>`}
${one.reasons.length === 0 ? nothing : html`<small>${one.reasons.map((reason, place) => html`${place === 0 ? '' : ' · '}${reasonWords(t, reason)}`)}</small>`}</li>`;

/** What people decided of this client, each to be taken back, and every step of the records. */
export const historyPage = (
  view: View,
  ficha: Ficha,
  { decisions, steps }: History,
  told: { readonly said?: string; readonly trouble?: string } = {},
): Html => {
  const { t } = view;
  return page(view, {
    title: t('history.title'),
    ...told,
    body: html`${identityHeader(view, ficha)}
<h2>${t('history.decisions')}</h2>
${decisions.length === 0 ? html`<p class="empty">${t('history.noDecision')}</p>` : html`<ul class="cards">${decisions.map((one) => decisionPart(view, ficha.id, one))}</ul>`}
<h2>${t('history.steps')}</h2>
${steps.length === 0 ? html`<p class="empty">${t('history.noStep')}</p>` : html`<ol class="timeline">${steps.map((one) => stepLine(view, one))}</ol>`}
<p><a class="button" href="/console/clients/${ficha.id}">${t('open.back')}</a></p>`,
  });
};
