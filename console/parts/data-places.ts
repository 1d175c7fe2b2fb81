import { html } from 'hono/html';
import { type Html, nothing, type View } from '../view.ts';
import type { Key } from '../words.ts';

/** The pages about what is processed, those that the reader may open. */
export function dataPlaces({ t, path, ...view }: View): Html {
  const isAccountable = view.mayOrder('read-processing');
  const places: readonly (readonly [path: string, label: Key, open: boolean])[] = [
    ['/console/data', 'data.map', true],
    ['/console/data/purposes', 'purposes.title', isAccountable],
    ['/console/data/tasks', 'consentTasks.title', view.mayOrder('settle-consent-task')],
    ['/console/data/record', 'record.title', isAccountable],
    ['/console/data/retention', 'retention.title', view.mayOrder('settle-retention')],
    ['/console/audit', 'audit.title', view.mayOrder('read-audit')],
  ];
  const open = places.filter(([, , may]) => may);
  if (open.length < 2) return nothing;
  return html`<nav class="places" aria-label="${t('nav.data')}"><ul>
${open.map(([to, label]) => html`<li><a href="${to}"${to === path ? html` aria-current="page"` : nothing}>${t(label)}</a></li>`)}
</ul></nav>`;
}
