import { html } from 'hono/html';
import type { RequestInList } from '../request-question.ts';
import { type Html, nothing, type View } from '../view.ts';
import { daysLeft } from './deadline.ts';

/** Requests that stopped or are late, in red before everything else; nothing when all is well. */
export function redRequests({ t, now, path }: View, open: readonly RequestInList[]): Html {
  const late = open.filter(({ dueAt }) => daysLeft(dueAt, now) < 0).length;
  const stopped = open.filter(({ tasks }) => tasks.length > 0).length;
  if (late + stopped === 0) return nothing;
  const inbox = '/console/privacy';
  return html`<div class="red" role="alert">
${late === 0 ? nothing : html`<p><strong>${t('privacy.lateCount', { n: late })}</strong></p>`}
${stopped === 0 ? nothing : html`<p><strong>${t('privacy.stoppedCount', { n: stopped })}</strong></p>`}
${path === inbox ? nothing : html`<p><a href="${inbox}">${t('privacy.title')}</a></p>`}</div>`;
}
