import { html } from 'hono/html';
import { day, type Html, type View } from '../view.ts';

/** How much the published figures of each month may tell about one client, and do. */
export interface MetricBudgets {
  readonly metricBudgetDefault: number;
  readonly metricBudgets: readonly {
    readonly month: string;
    readonly budget: number;
    readonly spent: number;
    readonly advantageBound: number;
    readonly tables: number;
    readonly openedAt: string;
  }[];
}

export const metricBudgetsQuestion =
  '{ metricBudgetDefault metricBudgets(first: 36) { month budget spent advantageBound tables openedAt } }';

/** The privacy budget of the metrics, month by month, newest first. */
export const metricBudgetPart = ({ t }: View, { metricBudgetDefault, metricBudgets }: MetricBudgets): Html => {
  const epsilon = (value: number): string => t.number(value, { maximumFractionDigits: 3 });
  const percent = (share: number): string => t.number(share, { style: 'percent', maximumFractionDigits: 0 });
  const row = ({ month, budget, spent, advantageBound, tables, openedAt }: MetricBudgets['metricBudgets'][number]): Html =>
    html`<tr><th scope="row">${month}</th><td><meter min="0" max="${budget}" value="${Math.min(spent, budget)}" aria-label="${t('budget.spentOf', { spent: epsilon(spent), budget: epsilon(budget) })}"></meter> ${t('budget.spentOf', { spent: epsilon(spent), budget: epsilon(budget) })}</td><td class="amount">${epsilon(Math.max(0, budget - spent))}</td><td class="amount">${percent(advantageBound)}</td><td class="amount">${tables}</td><td>${day(t, openedAt)}</td></tr>`;
  return html`<section aria-labelledby="budget"><h2 id="budget">${t('budget.title')}</h2>
<p>${t('budget.what')} ${t('budget.next', { budget: epsilon(metricBudgetDefault) })}</p>
${metricBudgets.length === 0 ? html`<p class="empty">${t('budget.none')}</p>` : html`<div class="scroll" tabindex="0" role="region" aria-labelledby="budget"><table><thead><tr><th scope="col">${t('metrics.month')}</th><th scope="col">${t('budget.spent')}</th><th scope="col" class="amount">${t('budget.left')}</th><th scope="col" class="amount">${t('budget.bound')}</th><th scope="col" class="amount">${t('budget.tables')}</th><th scope="col">${t('budget.opened')}</th></tr></thead><tbody>${metricBudgets.map(row)}</tbody></table></div>`}</section>`;
};
