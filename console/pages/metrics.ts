import { html } from 'hono/html';
import { page } from '../page.ts';
import { bandChart, type Cell } from '../parts/band-chart.ts';
import { metricBudgetPart, type MetricBudgets } from '../parts/metric-budget.ts';
import { type Html, nothing, type View } from '../view.ts';
import type { Words } from '../words.ts';

export interface MetricInfo {
  readonly name: string;
  readonly unit: string;
  readonly explanation: string;
  readonly noise: number | null;
  readonly shownFrom: number | null;
  readonly tables: readonly (readonly string[])[];
}

export const metricsQuestion = '{ metrics { name unit explanation noise shownFrom tables } }';

export interface MetricAnswer {
  readonly missing: readonly string[];
  readonly cells: readonly Cell[];
}

export const metricQuestion = `query Metric($name: MetricName!, $from: String!, $to: String!, $by: [MetricDimension!]) {
  metric(name: $name, from: $from, to: $to, by: $by) { missing
    cells { month country channel sector source ageBand value low high suppressed rest } } }`;

const month = (at: Date, back: number): string =>
  new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() - back, 1)).toISOString().slice(0, 7);

/** The last twelve months before this one. */
export const lastYear = (now: Date): { readonly from: string; readonly to: string } => ({
  from: month(now, 12),
  to: month(now, 1),
});

/** The name of the file as the command API writes names: ACTIVE_CLIENTS is active-clients. */
export const fileName = (name: string): string => name.toLowerCase().replaceAll('_', '-');

/** Every metric; for who answers for the figures, what they may tell and do. */
export const metricsPage = (view: View, metrics: readonly MetricInfo[], budgets: MetricBudgets | undefined): Html =>
  page(view, {
    title: view.t('metrics.title'),
    body: html`<h1>${view.t('metrics.title')}</h1><p>${view.t('metrics.anonymous')}</p>
<ul class="tiles">${metrics.map(({ name, unit }) => html`<li><a href="/console/metrics/${name}">${view.t.code('metric', name)}</a> <small>${view.t.code('unit', unit)}</small></li>`)}</ul>
${budgets === undefined ? nothing : metricBudgetPart(view, budgets)}`,
  });

export interface Chosen {
  readonly info: MetricInfo;
  readonly by: readonly string[];
  readonly from: string;
  readonly to: string;
}

/** Every figure of a column with the same digits; behind the point of a large one is only noise. */
const digitsOf = (cells: readonly Cell[]): Intl.NumberFormatOptions => {
  const digits = cells.some(({ high }) => high !== null && high >= 100) ? 0 : 2;
  return { minimumFractionDigits: digits, maximumFractionDigits: digits };
};

const figure = ({ t }: View, cell: Cell, digits: Intl.NumberFormatOptions): Html =>
  cell.suppressed || cell.value === null
    ? html`<td class="unknown">${t('metrics.hidden')}</td><td></td>`
    : html`<td class="amount">${t.number(cell.value, digits)}</td><td>${cell.low === null || cell.high === null ? '' : t('metrics.between', { low: t.number(cell.low, digits), high: t.number(cell.high, digits) })}</td>`;

const groupOf = (t: View['t'], cell: Cell, by: readonly string[]): string =>
  cell.rest
    ? t('metrics.rest')
    : by.map((dimension) => cell[dimensionField[dimension] ?? 'country'] ?? '').join(', ') || t('metrics.total');

const dimensionField: Readonly<Record<string, 'country' | 'channel' | 'sector' | 'source' | 'ageBand'>> = {
  COUNTRY: 'country',
  CHANNEL: 'channel',
  SECTOR: 'sector',
  SOURCE: 'source',
  AGE_BAND: 'ageBand',
};

const tableWords = (t: Words, table: readonly string[]): string =>
  table.length === 0 ? t('metrics.total') : table.map((one) => t.code('dimension', one)).join(' × ');

/** What is counted, how much noise there is, from when a cell is shown, and what is published. */
function explanation(t: Words, { name, unit, noise, shownFrom, tables, explanation: english }: MetricInfo): Html {
  const counts = t.sentence('metricWhy', name);
  if (counts === undefined) return html`<span lang="en">${english}</span>`;
  const exact =
    noise === null || shownFrom === null
      ? t('metrics.madeOf')
      : `${t('metrics.noise', { n: t.number(noise, { maximumSignificantDigits: 2 }), unit: t.code('unit', unit) })} ${t('metrics.shownFrom', { n: shownFrom })}`;
  const published = t('metrics.published', { tables: tables.map((table) => tableWords(t, table)).join(', ') });
  return html`${counts} ${exact} ${published}`;
}

/** One metric: the chart with its bands, the same in a table, and why nobody can be found in it. */
export const metricPage = (
  view: View,
  { info, by, from, to }: Chosen,
  answer: MetricAnswer | undefined,
  trouble?: string,
): Html => {
  const { t } = view;
  const csv = `/console/metrics/${info.name}/file?from=${from}&to=${to}&by=${by.join(',')}`;
  const groups = [...new Set((answer?.cells ?? []).map((cell) => groupOf(t, cell, by)))];
  return page(view, {
    title: t.code('metric', info.name),
    trouble,
    body: html`<h1 id="metric">${t.code('metric', info.name)} <small>${t.code('unit', info.unit)}</small></h1>
<form method="get" action="/console/metrics/${info.name}" class="row">
<label>${t('metrics.from')}<input type="month" name="from" value="${from}" required></label>
<label>${t('metrics.to')}<input type="month" name="to" value="${to}" required></label>
<label>${t('metrics.by')}<select name="by">${info.tables.map((table) => html`<option value="${table.join(',')}"${table.join(',') === by.join(',') ? html` selected` : nothing}>${tableWords(t, table)}</option>`)}</select></label>
<button>${t('metrics.show')}</button></form>
${
  answer === undefined
    ? nothing
    : answer.cells.length === 0
      ? html`<p class="empty">${t('metrics.none')}</p>`
      : groups.slice(0, 12).map(
          (group) =>
            html`<figure><figcaption>${group}</figcaption>${bandChart(
              view,
              answer.cells.filter((cell) => groupOf(t, cell, by) === group),
            )}</figure>`,
        )
}
${answer !== undefined && answer.missing.length > 0 ? html`<p class="hint">${t('metrics.missing')}: ${answer.missing.join(', ')}</p>` : nothing}
<section aria-labelledby="why"><h2 id="why">${t('metrics.why')}</h2><p>${explanation(t, info)}</p><p>${t('metrics.anonymous')}</p></section>
${
  answer === undefined || answer.cells.length === 0
    ? nothing
    : html`<p><a class="button" href="${csv}" download>CSV</a></p><div class="scroll" tabindex="0" role="region" aria-labelledby="metric"><table><thead><tr><th scope="col">${t('metrics.month')}</th><th scope="col">${t('metrics.group')}</th><th scope="col" class="amount">${t('metrics.value')}</th><th scope="col">${t('metrics.band')}</th></tr></thead><tbody>${answer.cells.map((cell) => html`<tr><th scope="row">${cell.month}</th><td>${groupOf(t, cell, by)}</td>${figure(view, cell, digitsOf(answer.cells))}</tr>`)}</tbody></table></div>`
}`,
  });
};
