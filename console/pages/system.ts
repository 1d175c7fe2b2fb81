import { html } from 'hono/html';
import type { ConnectorAbout } from '../../schemas/types.ts';
import { page } from '../page.ts';
import { aboutPart } from '../parts/connector-about.ts';
import { limitsPart, type LimitsUsed } from '../parts/limits-used.ts';
import { liveMark } from '../parts/live-mark.ts';
import { expectedOf, syncLive } from '../parts/sync-progress.ts';
import { type Checked, checkedPart, missingVerbs } from '../parts/system-checked.ts';
import type { LinkedSystem, SyncRun, SystemDetails } from '../system-question.ts';
import { csrfField, type Html, moment, nothing, type View } from '../view.ts';
import { isStale } from './systems.ts';

const runsTable = ({ t }: View, runs: readonly SyncRun[], label: string): Html =>
  html`<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table><thead><tr><th scope="col">${t('systems.startedAt')}</th><th scope="col">${t('systems.mode')}</th><th scope="col">${t('systems.state')}</th><th scope="col">${t('systems.pulled')}</th><th scope="col">${t('systems.changed')}</th><th scope="col">${t('systems.deleted')}</th><th scope="col">${t('systems.aside')}</th></tr></thead>
<tbody>${runs.map((run) => html`<tr><td>${moment(t, run.startedAt)}</td><td>${t.code('mode', run.mode)}</td><td>${t.code('run', run.state)} ${run.errorCode ?? ''}</td><td>${t.number(run.pulled)}</td><td>${t.number(run.changed)}</td><td>${t.number(run.deleted)}</td><td>${t.number(run.rejected)}</td></tr>`)}</tbody></table></div>`;

/** What people allow is looked at far more often than the rest is read: only what such a look found is told, apart. */
const looksPart = (view: View, { looks }: SystemDetails): Html =>
  looks.edges.length === 0
    ? nothing
    : html`<details class="form"><summary>${view.t('systems.looks')}</summary>${runsTable(
        view,
        looks.edges.map(({ node }) => node),
        view.t('systems.looks'),
      )}</details>`;

/** What was kept aside, by reason, and to read exactly that anew. */
const rejectsPart = (view: View, { id, openRejects }: LinkedSystem, { rejectedRecords }: SystemDetails): Html => {
  const { t } = view;
  const rejects = rejectedRecords.edges.map(({ node }) => node);
  if (rejects.length === 0) return html`<p class="empty">${t('systems.noRejects')}</p>`;
  const codes = [...new Set(rejects.map(({ reasonCode }) => reasonCode))];
  const ofCode = (code: string): Html => {
    const some = rejects.filter(({ reasonCode }) => reasonCode === code);
    return html`<li class="card"><p><strong>${t.code('reject', code)}</strong> × ${t.number(some.length)}</p><ul>${some.map(({ stream, externalId, reason, at }) => html`<li>${stream} <code>${externalId ?? '—'}</code> <span lang="en">${reason}</span> <small>${moment(t, at)}</small></li>`)}</ul></li>`;
  };
  return html`<p>${t('systems.rejectsShown', { n: rejects.length, all: openRejects })}</p><ul class="cards">${codes.map(ofCode)}</ul>
${view.mayOrder('run-sync') ? html`<form method="post" action="/console/systems/${id}/sync">${csrfField(view)}<p class="hint">${t('systems.replayWhy')}</p><button name="mode" value="replay">${t('systems.replay')}</button></form>` : nothing}`;
};

const streamsPart = ({ t }: View, { streams }: LinkedSystem): Html =>
  streams.length === 0
    ? nothing
    : html`<h2>${t('systems.streams')}</h2><ul>${streams.map(({ stream, done, updatedAt }) => html`<li><strong>${stream}</strong> <span class="badge ${done ? 'good' : 'waiting'}">${t(done ? 'systems.toTheEnd' : 'systems.halfWay')}</span> ${moment(t, updatedAt)}</li>`)}</ul>`;

const facts = ({ t, now }: View, system: LinkedSystem, { dataQuality }: SystemDetails): Html => {
  const [quality] = dataQuality;
  const share = (value: number | null): string =>
    value === null ? '—' : t.number(value, { style: 'percent', maximumFractionDigits: 0 });
  const fact = (label: string, value: Html | string): Html => html`<div><dt>${label}</dt><dd>${value}</dd></div>`;
  const fresh = isStale(system, now)
    ? html`<span class="badge alarm">${t('systems.stale')}</span>`
    : html`<span class="badge good">${t('systems.fresh')}</span>`;
  return html`<dl class="facts-grid">${fact(t('systems.records'), t.number(system.records))}
${fact(t('systems.last'), html`${moment(t, system.lastDoneAt)} ${fresh}`)}
${fact(t('systems.every'), t('systems.minutes', { n: system.syncEveryMinutes }))}
${quality === undefined ? nothing : html`${fact(t('systems.completeness'), share(quality.completeness))}${fact(t('systems.freshness'), share(quality.freshness))}${fact(t('systems.duplicates'), t.number(quality.duplicates))}${fact(t('systems.conflicts'), t.number(quality.conflicts))}`}</dl>`;
};

export interface SystemPage {
  readonly system: LinkedSystem;
  readonly details: SystemDetails;
  readonly limits: LimitsUsed;
  readonly about: ConnectorAbout | undefined;
}

export interface SystemTold {
  readonly said?: string;
  readonly trouble?: string;
  readonly checked?: Checked;
}

/** One linked system: the run that is on, freshness, limits, what was kept aside and why, and what erasing really does there. */
export const systemPage = (view: View, { system, details, limits, about }: SystemPage, told: SystemTold = {}): Html => {
  const { t } = view;
  const runs = details.syncRuns.edges.map(({ node }) => node);
  const { checked, ...notices } = told;
  return page(view, {
    title: system.title,
    ...notices,
    body: html`<h1>${system.title} <small>${system.connector}</small></h1>
${checkedPart(view, checked)}
<div id="live" data-live="/console/systems/${system.id}/live?part=${liveMark(runs[0])}" aria-live="polite">${syncLive(view, runs[0], expectedOf(runs, system.records))}</div>
<div class="actions">
${view.mayOrder('run-sync') ? html`<form method="post" action="/console/systems/${system.id}/sync" class="row">${csrfField(view)}<button name="mode" value="incremental" class="main">${t('systems.sync')}</button> <button name="mode" value="full">${t('systems.syncFull')}</button></form>` : nothing}
${view.mayOrder('link-system') ? html`<form method="post" action="/console/systems/${system.id}/check">${csrfField(view)}<button>${t('systems.check')}</button></form>` : nothing}
</div>
${facts(view, system, details)}
${streamsPart(view, system)}
${limitsPart(view, limits)}
<h2 id="runs">${t('systems.runs')}</h2>${runs.length === 0 ? html`<p class="empty">${t('systems.neverPulled')}</p>` : runsTable(view, runs, t('systems.runs'))}
${looksPart(view, details)}
<h2>${t('systems.rejects')}</h2>${rejectsPart(view, system, details)}
${aboutPart(view, about, missingVerbs(checked))}`,
  });
};
