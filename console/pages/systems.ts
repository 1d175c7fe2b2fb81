import { html } from 'hono/html';
import { page } from '../page.ts';
import { liveMark } from '../parts/live-mark.ts';
import type { ConnectorAbout } from '../../schemas/types.ts';
import type { LinkedSystem, SyncRun, SystemDetails } from '../system-question.ts';
import { csrfField, type Html, moment, nothing, type View } from '../view.ts';

/** Twice its own rhythm without a good end. */
const isStale = ({ lastDoneAt, syncEveryMinutes }: LinkedSystem, now: Date): boolean =>
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

/** The moving part of a system's page: the run that is on, or the last. */
export const syncLive = ({ t }: View, run: SyncRun | undefined): Html =>
  run === undefined
    ? html`<p class="empty">${t('systems.neverPulled')}</p>`
    : html`<p><span class="badge ${run.state === 'failed' ? 'alarm' : run.state === 'done' ? 'good' : 'waiting'}">${t.code('run', run.state)}</span> ${t.code('mode', run.mode)}, ${moment(t, run.startedAt)}. ${t('systems.progress', { pages: run.pages, pulled: run.pulled, changed: run.changed, deleted: run.deleted, rejected: run.rejected })}${run.errorCode === null ? nothing : html` <strong>${run.errorCode}</strong>`}</p>`;

const runsTable = (
  { t }: View,
  runs: readonly SyncRun[],
): Html => html`<div class="scroll" tabindex="0" role="region" aria-labelledby="runs"><table><thead><tr><th scope="col">${t('systems.started')}</th><th scope="col">${t('systems.mode')}</th><th scope="col">${t('systems.state')}</th><th scope="col">${t('systems.pulled')}</th><th scope="col">${t('systems.changed')}</th><th scope="col">${t('systems.deleted')}</th><th scope="col">${t('systems.aside')}</th></tr></thead>
<tbody>${runs.map((run) => html`<tr><td>${moment(t, run.startedAt)}</td><td>${t.code('mode', run.mode)}</td><td>${t.code('run', run.state)} ${run.errorCode ?? ''}</td><td>${t.number(run.pulled)}</td><td>${t.number(run.changed)}</td><td>${t.number(run.deleted)}</td><td>${t.number(run.rejected)}</td></tr>`)}</tbody></table></div>`;

const rejectsPart = (view: View, id: string, { rejectedRecords }: SystemDetails): Html => {
  const { t } = view;
  const rejects = rejectedRecords.edges.map(({ node }) => node);
  if (rejects.length === 0) return html`<p class="empty">${t('systems.noRejects')}</p>`;
  return html`<ul>${rejects.map(({ stream, externalId, reason, at }) => html`<li><strong>${stream}</strong> <code>${externalId ?? '—'}</code> ${reason} <small>${moment(t, at)}</small></li>`)}</ul>
${view.mayOrder('run-sync') ? html`<form method="post" action="/console/systems/${id}/sync">${csrfField(view)}<button name="mode" value="full">${t('systems.replay')}</button></form>` : nothing}`;
};

/** What the connector can and cannot do there, erasure above all. */
export const aboutPart = ({ t }: View, about: ConnectorAbout | undefined): Html =>
  about === undefined
    ? nothing
    : html`<h2>${t('systems.erase')}</h2>
<p>${about.erases ? t('systems.eraseModes', { modes: about.eraseModes.map((mode) => t.code('erase', mode)).join(', ') }) : t('systems.eraseNot')}</p>
${about.residue.length === 0 ? nothing : html`<p>${t('systems.residue')}</p><ul>${about.residue.map((place) => html`<li>${place}</li>`)}</ul>`}
${about.keeps.length === 0 ? nothing : html`<p>${t('systems.keeps')}</p><ul>${about.keeps.map(({ kind, basis }) => html`<li>${t.code('kind', kind)}: ${basis}</li>`)}</ul>`}
${about.gaps.length === 0 ? nothing : html`<h2>${t('systems.gaps')}</h2><ul>${about.gaps.map(({ verb, say }) => html`<li><strong>${t.code('verb', verb)}</strong>: ${say}</li>`)}</ul>`}
${about.scopes.length === 0 ? nothing : html`<h2>${t('systems.scopes')}</h2><ul>${about.scopes.map(({ scope, verbs, grant }) => html`<li><code>${scope}</code> (${verbs.map((verb) => t.code('verb', verb)).join(', ')}): ${grant}</li>`)}</ul>`}
<p>${t('systems.region')}: ${about.region.join(', ') || '—'}${about.transferBasis === null ? '' : `; ${about.transferBasis}`}
${about.docs.startsWith('https://') ? html` <a href="${about.docs}" rel="noreferrer">${t('systems.docs')}</a>` : nothing}</p>`;

export interface SystemPage {
  readonly system: LinkedSystem;
  readonly details: SystemDetails;
  readonly about: ConnectorAbout | undefined;
}

export const systemPage = (
  view: View,
  { system, details, about }: SystemPage,
  told: { readonly said?: string; readonly trouble?: string } = {},
): Html => {
  const { t } = view;
  const runs = details.syncRuns.edges.map(({ node }) => node);
  const [quality] = details.dataQuality;
  const share = (value: number | null): string =>
    value === null ? '—' : t.number(value, { style: 'percent', maximumFractionDigits: 0 });
  return page(view, {
    title: system.title,
    ...told,
    body: html`<h1>${system.title} <small>${system.connector}</small></h1>
<div id="live" data-live="/console/systems/${system.id}/live?part=${liveMark(runs[0])}" aria-live="polite">${syncLive(view, runs[0])}</div>
<div class="actions">
${view.mayOrder('run-sync') ? html`<form method="post" action="/console/systems/${system.id}/sync" class="row">${csrfField(view)}<button name="mode" value="incremental" class="main">${t('systems.sync')}</button> <button name="mode" value="full">${t('systems.syncFull')}</button></form>` : nothing}
${view.mayOrder('link-system') ? html`<form method="post" action="/console/systems/${system.id}/check">${csrfField(view)}<button>${t('systems.check')}</button></form>` : nothing}
</div>
<dl class="facts-grid"><div><dt>${t('systems.records')}</dt><dd>${t.number(system.records)}</dd></div>
<div><dt>${t('systems.every')}</dt><dd>${t('systems.minutes', { n: system.syncEveryMinutes })}</dd></div>
${quality === undefined ? nothing : html`<div><dt>${t('systems.completeness')}</dt><dd>${share(quality.completeness)}</dd></div><div><dt>${t('systems.freshness')}</dt><dd>${share(quality.freshness)}</dd></div><div><dt>${t('systems.duplicates')}</dt><dd>${t.number(quality.duplicates)}</dd></div><div><dt>${t('systems.conflicts')}</dt><dd>${t.number(quality.conflicts)}</dd></div>`}</dl>
<h2 id="runs">${t('systems.runs')}</h2>${runs.length === 0 ? html`<p class="empty">${t('systems.neverPulled')}</p>` : runsTable(view, runs)}
<h2>${t('systems.rejects')}</h2>${rejectsPart(view, system.id, details)}
${aboutPart(view, about)}`,
  });
};
