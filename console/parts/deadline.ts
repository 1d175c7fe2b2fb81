import { html } from 'hono/html';
import { day, type Html, type View } from '../view.ts';

const msPerDay = 86_400_000;

/** Whole days left; negative once it has passed. */
export const daysLeft = (dueAt: string, now: Date): number =>
  Math.ceil((Date.parse(`${dueAt.slice(0, 10)}T23:59:59.999Z`) - now.getTime()) / msPerDay) - 1;

/** How near the deadline is, in a colour and in words. */
export function deadline({ t, now }: View, dueAt: string): Html {
  const left = daysLeft(dueAt, now);
  const near = left < 0 ? 'late' : left <= 5 ? 'near' : left <= 10 ? 'soon' : 'far';
  const words = left < 0 ? t('privacy.late', { n: -left }) : left === 0 ? t('privacy.today') : t('privacy.left', { n: left });
  return html`<span class="deadline ${near}">${day(t, dueAt)} <strong>${words}</strong></span>`;
}
