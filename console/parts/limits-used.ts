import { html } from 'hono/html';
import { type Html, moment, nothing, type View } from '../view.ts';

/** How much of a vendor's rate limits is used now. */
export interface LimitsUsed {
  readonly limits: readonly { readonly most: number; readonly windowMs: number | null; readonly used: number }[];
  readonly pausedUntil: string | null;
}

/** Each limit of the vendor as a bar; nothing where the vendor names none. */
export const limitsPart = ({ t }: View, { limits, pausedUntil }: LimitsUsed): Html => {
  const within = (windowMs: number | null): string =>
    windowMs === null ? t('limits.atOnce') : t('limits.within', { n: Math.max(1, Math.round(windowMs / 1_000)) });
  return html`<h2>${t('limits.title')}</h2>
${pausedUntil === null ? nothing : html`<p class="warning">${t('limits.paused')} ${moment(t, pausedUntil)}</p>`}
${limits.length === 0 ? html`<p class="empty">${t('limits.none')}</p>` : html`<ul class="limits">${limits.map(({ most, windowMs, used }) => html`<li><meter min="0" max="${most}" high="${most * 0.8}" value="${Math.min(used, most)}" aria-label="${within(windowMs)}"></meter> ${t('limits.used', { used, most })} ${within(windowMs)}</li>`)}</ul>`}`;
};
