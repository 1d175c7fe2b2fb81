import { html } from 'hono/html';
import { daysLeft } from './deadline.ts';
import { liveMark } from './live-mark.ts';
import { outcomeTone } from './outcome-tone.ts';
import { type PlanLine, type PrivacyRequest, systemTitle } from '../request-question.ts';
import { day, type Html, moment, nothing, type View } from '../view.ts';

/** How grave it is what a system is doing about the request. */
const tones: Readonly<Record<string, string>> = {
  pending: '',
  acting: 'waiting',
  verifying: 'waiting',
  grace: 'waiting',
  'needs-you': 'alarm',
  done: 'good',
  kept: 'waiting',
};

/** A place where a system still holds something, as the read API writes it: with the day it purges it, where it says one. */
const placeOf = (place: string): { readonly where: string; readonly until?: string } => {
  const [, where = place, until] = /^(.*?)(?: until (\d{4}-\d{2}-\d{2}))?$/s.exec(place) ?? [];
  return until === undefined ? { where } : { where, until };
};

/** The day until which a vendor may still hold something of these lines; undefined where none says so. */
export function graceUntil(lines: readonly PlanLine[]): string | undefined {
  const days = lines
    .filter(({ state }) => state === 'grace')
    .flatMap(({ residue }) => residue.flatMap((place) => placeOf(place).until ?? []));
  return days.sort().at(-1);
}

/** How many records each action takes, and by which law those stay that stay. */
const summary = ({ t }: View, plan: readonly PlanLine[]): Html => {
  const groups = new Map<string, number>();
  for (const { action, legalBasis } of plan) {
    const key = JSON.stringify([action, legalBasis]);
    groups.set(key, (groups.get(key) ?? 0) + 1);
  }
  const line = ([key, count]: readonly [string, number]): Html => {
    const [action, basis] = JSON.parse(key) as readonly [string, string | null]; // written two lines above
    return html`<li><strong>${t.number(count)}</strong> ${t.code('action', action)}${basis === null ? nothing : html` <small>${basis}</small>`}</li>`;
  };
  return html`<ul class="tiles" aria-label="${t('privacy.summary')}">${[...groups].map(line)}</ul>`;
};

const placeLine = (t: View['t'], place: string): Html => {
  const { where, until } = placeOf(place);
  return html`<li>${where}${until === undefined ? nothing : html` ${t('privacy.until')} ${day(t, until)}`}</li>`;
};

const planRow = ({ t }: View, line: PlanLine): Html => html`<tr class="${line.state === 'needs-attention' ? 'needs-you' : ''}">
<td>${t.code('kind', line.kind)}</td><td>${t.code('action', line.action)}</td>
<td>${line.legalBasis ?? ''}${line.until === null ? nothing : html` <small>${t('privacy.until')} ${day(t, line.until)}</small>`}</td>
<td>${t.code('line', line.state)}${line.residue.length === 0 ? nothing : html`<ul>${line.residue.map((place) => placeLine(t, place))}</ul>`}</td></tr>`;

const systemPart = (view: View, request: PrivacyRequest, systemId: string): Html => {
  const { t } = view;
  const lines = request.plan.filter(({ linkedSystemId }) => linkedSystemId === systemId);
  const doing = request.steps.find((step) => step.linkedSystemId === systemId)?.state ?? 'pending';
  const until = doing === 'grace' ? graceUntil(lines) : undefined;
  const answers = request.evidence.filter(({ linkedSystemId }) => linkedSystemId === systemId);
  // looking once more before the end says less than what was done and read back
  const latest = answers.findLast(({ verb }) => verb !== 'locate') ?? answers.at(-1);
  const title = systemTitle(request.systems, systemId);
  return html`<section class="system ${tones[doing] ?? ''}" aria-label="${title}"><h3>${title}${title === systemId ? nothing : html` <small>${systemId}</small>`}
<span class="badge ${tones[doing] ?? ''}">${t.code('doing', doing)}${until === undefined ? nothing : html` ${t('privacy.until')} ${day(t, until)}`}</span> <small>${t('privacy.lines', { n: lines.length })}</small></h3>
${latest === undefined ? nothing : html`<p><small>${t('privacy.latest')}: ${t.code('verb', latest.verb)}, ${t.code('result', latest.result)}, ${moment(t, latest.at)}</small></p>`}
<div class="scroll" tabindex="0" role="region" aria-label="${t('privacy.planOf', { system: title })}"><table><thead><tr><th scope="col">${t('privacy.what')}</th><th scope="col">${t('privacy.action')}</th><th scope="col">${t('privacy.why')}</th><th scope="col">${t('privacy.lineState')}</th></tr></thead>
<tbody>${lines.map((line) => planRow(view, line))}</tbody></table></div></section>`;
};

/** The moving part of a request: where it stands, and each system line by line. Sent again whenever it changes. */
export function requestLive(view: View, request: PrivacyRequest): Html {
  const { t } = view;
  const systems = [...new Set(request.plan.map(({ linkedSystemId }) => linkedSystemId))].sort();
  const needsYou = request.tasks.length > 0 || request.outcome === 'needs-attention';
  const isLate = request.closedAt === null && daysLeft(request.dueAt, view.now) < 0;
  return html`
${needsYou ? html`<p class="red" role="alert"><strong>${t('privacy.red', { n: request.tasks.length })}</strong>${request.tasks.length === 0 ? nothing : html` <a href="#tasks">${t('privacy.toTasks')}</a>`}</p>` : nothing}
${isLate ? html`<p class="red" role="alert"><strong>${t('privacy.isLate', { n: -daysLeft(request.dueAt, view.now) })}</strong></p>` : nothing}
<p class="stand"><span class="badge ${request.closedAt === null ? 'waiting' : outcomeTone(request.outcome)}">${t.code('state', request.state)}</span>
${request.outcome === null ? nothing : html`<strong class="badge ${outcomeTone(request.outcome)}">${t.code('outcome', request.outcome)}</strong>`}</p>
<h2>${t('privacy.plan')}</h2>
${systems.length === 0 ? html`<p class="empty">${t('privacy.noPlan')}</p>` : html`${summary(view, request.plan)}${systems.map((systemId) => systemPart(view, request, systemId))}`}`;
}

/** The mark of the moving part, and that of what the page offers beside it: deciding, answering tasks, fetching the proof. */
export const requestMarks = (request: PrivacyRequest): { readonly part: string; readonly offer: string } => {
  const { state, outcome, plan, tasks, evidence, approvedBy, closedAt } = request;
  const asked = tasks.map(({ id }) => id);
  const lines = plan.map((line) => [line.id, line.state, line.residue]);
  return {
    part: liveMark([state, outcome, approvedBy.length, lines, asked, evidence.length]),
    offer: liveMark([state === 'planned', approvedBy.length, closedAt !== null, asked]),
  };
};
