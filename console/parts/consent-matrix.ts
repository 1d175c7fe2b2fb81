import { html } from 'hono/html';
import type { Consent, Suppression } from '../client-question.ts';
import { day, type Html, type View } from '../view.ts';

/** What the person allows, purpose by channel. What is not there is unknown, and unknown is no. */
export function consentMatrix({ t }: View, consent: readonly Consent[], suppressions: readonly Suppression[]): Html {
  if (consent.length === 0) return html`<p class="empty">${t('consent.none')}</p>`;
  const purposes = [...new Set(consent.map(({ purpose }) => purpose))];
  const channels = [...new Set(consent.map(({ channel }) => channel))];
  const cell = (purpose: string, channel: string): Html => {
    const said = consent.find((line) => line.purpose === purpose && line.channel === channel);
    if (said === undefined) return html`<td class="unknown">${t('consent.unknown')}</td>`;
    return html`<td class="${said.answer}"><strong>${t.code('answer', said.answer)}</strong><br>
<small>${day(t, said.at)}${said.linkedSystemId === null ? '' : ` · ${said.linkedSystemId}`}${said.how === null ? '' : ` · ${t.code('how', said.how)}`}</small></td>`;
  };
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${t('consent.matrix')}"><table class="matrix"><caption>${t('consent.matrix')}</caption>
<thead><tr><th scope="col">${t('consent.purpose')}</th>${channels.map((channel) => html`<th scope="col">${t.code('channel', channel)}</th>`)}</tr></thead>
<tbody>${purposes.map((purpose) => html`<tr><th scope="row">${t.code('purpose', purpose)}</th>${channels.map((channel) => cell(purpose, channel))}</tr>`)}</tbody></table></div>
${passedOn(t, suppressions)}`;
}

/** Who was told of each no, and whether they confirmed it. */
const passedOn = (t: View['t'], suppressions: readonly Suppression[]): Html =>
  suppressions.length === 0
    ? html``
    : html`<h3>${t('consent.toldTitle')}</h3><ul class="told">
${suppressions.map(({ linkedSystemId, channel, purpose, state, readBackAt }) => html`<li class="${state === 'applied' || state === 'absent' ? 'good' : 'waiting'}"><strong>${linkedSystemId}</strong>: ${t.code('purpose', purpose)}, ${t.code('channel', channel)}: ${t.code('suppression', state)}${readBackAt === null ? '' : html` (${day(t, readBackAt)})`}</li>`)}
</ul>`;
