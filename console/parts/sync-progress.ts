import { html } from 'hono/html';
import type { SyncRun } from '../system-question.ts';
import { type Html, moment, nothing, type View } from '../view.ts';

/** About how many records a full run lists: as many as the last full run that ended, or as there are. */
export const expectedOf = (runs: readonly SyncRun[], records: number): number =>
  runs.find(({ mode, state }) => mode === 'full' && state === 'done')?.pulled ?? records;

const bar = ({ t, now }: View, { pulled, startedAt, mode }: SyncRun, expected: number): Html => {
  const seconds = Math.max(1, (now.getTime() - Date.parse(startedAt)) / 1_000);
  const rate = pulled / seconds;
  const speed = t('systems.rate', { n: t.number(rate, { maximumFractionDigits: rate < 10 ? 1 : 0 }) });
  if (mode !== 'full' || expected <= 0 || pulled > expected)
    return html`<progress aria-label="${t('run.running')}"></progress> ${speed}`;
  const left = rate > 0 ? t('systems.left', { n: Math.max(1, Math.ceil((expected - pulled) / rate / 60)) }) : '';
  return html`<progress aria-label="${t('run.running')}" max="${expected}" value="${pulled}"></progress> ${t.number(pulled / expected, { style: 'percent' })}. ${speed} ${left}`;
};

/** The moving part of a system's page: the run that is on, how fast and how long still, or the last. */
export const syncLive = (view: View, run: SyncRun | undefined, expected: number): Html => {
  const { t } = view;
  if (run === undefined) return html`<p class="empty">${t('systems.neverPulled')}</p>`;
  const tone = run.state === 'failed' ? 'alarm' : run.state === 'done' ? 'good' : 'waiting';
  return html`<p><span class="badge ${tone}">${t.code('run', run.state)}</span> ${t.code('mode', run.mode)}, ${moment(t, run.startedAt)}. ${t('systems.progress', { pages: run.pages, pulled: run.pulled, changed: run.changed, deleted: run.deleted, rejected: run.rejected })}${run.errorCode === null ? nothing : html` <strong>${run.errorCode}</strong>`}</p>
${run.state === 'running' ? html`<p>${bar(view, run, expected)}</p>` : nothing}
${run.tombstoned > 0 ? html`<p class="warning">${t('systems.tombstoned', { n: run.tombstoned })}</p>` : nothing}`;
};
