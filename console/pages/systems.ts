import { html } from 'hono/html';
import { page } from '../page.ts';
import type { LinkedSystem } from '../system-question.ts';
import { type Html, moment, nothing, type View } from '../view.ts';

/** Twice its own rhythm without a good end. */
export const isStale = ({ lastDoneAt, syncEveryMinutes }: LinkedSystem, now: Date): boolean =>
  lastDoneAt === null || now.getTime() - Date.parse(lastDoneAt) > 2 * syncEveryMinutes * 60_000;

export const systemsPage = (view: View, systems: readonly LinkedSystem[], said?: string): Html => {
  const { t, now } = view;
  const row = (
    one: LinkedSystem,
  ): Html => html`<tr><th scope="row"><a href="/console/systems/${one.id}">${one.title}</a> <small>${one.id}</small></th>
<td>${one.connector}</td><td>${t.number(one.records)}</td>
<td>${moment(t, one.lastDoneAt)} ${isStale(one, now) ? html`<span class="badge alarm">${t('systems.stale')}</span>` : html`<span class="badge good">${t('systems.fresh')}</span>`}</td>
<td>${one.openRejects === 0 ? '0' : html`<span class="badge waiting">${t.number(one.openRejects)}</span>`}</td></tr>`;
  return page(view, {
    title: t('systems.title'),
    said,
    body: html`<h1 id="systems">${t('systems.title')}</h1>
${view.mayOrder('link-system') ? html`<p><a class="button main" href="/console/systems/new">${t('systems.add')}</a></p>` : nothing}
${
  systems.length === 0
    ? html`<p class="empty">${t('systems.none')}</p>`
    : html`<div class="scroll" tabindex="0" role="region" aria-labelledby="systems"><table><thead><tr><th scope="col">${t('systems.name')}</th><th scope="col">${t('systems.connector')}</th><th scope="col">${t('systems.records')}</th><th scope="col">${t('systems.last')}</th><th scope="col">${t('systems.aside')}</th></tr></thead><tbody>${systems.map(row)}</tbody></table></div>`
}`,
  });
};
