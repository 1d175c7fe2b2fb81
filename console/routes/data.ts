import type { Hono } from 'hono';
import { Refused } from '../back-end.ts';
import { answer, type ConsoleContext, type ConsoleEnv } from '../context.ts';
import { handOn } from '../hand-on.ts';
import { type AuditAnswer, auditPage, auditQuestion, type ChainCheck } from '../pages/audit.ts';
import { type DataAnswer, dataPage, dataQuestion } from '../pages/data.ts';
import {
  fileName,
  lastYear,
  type MetricAnswer,
  type MetricInfo,
  metricPage,
  metricQuestion,
  metricsPage,
  metricsQuestion,
} from '../pages/metrics.ts';
import { metricBudgetsQuestion, type MetricBudgets } from '../parts/metric-budget.ts';

/** What the organisation processes, the audit log, and the anonymous metrics. */
export function dataRoutes(app: Hono<ConsoleEnv>): void {
  app.get(
    '/console/data',
    async (c) => await answer(c, dataPage(c.get('view'), await c.get('view').ask<DataAnswer>(dataQuestion))),
  );
  audit(app);
  const metricsOf = async (c: ConsoleContext): Promise<readonly MetricInfo[]> =>
    (await c.get('view').ask<{ readonly metrics: readonly MetricInfo[] }>(metricsQuestion)).metrics;
  app.get('/console/metrics', async (c) => {
    const view = c.get('view');
    const budgets = view.mayRead('privacy-requests') ? await view.ask<MetricBudgets>(metricBudgetsQuestion) : undefined;
    return await answer(c, metricsPage(view, await metricsOf(c), budgets));
  });
  app.get('/console/metrics/:name', async (c) => {
    const view = c.get('view');
    const info = (await metricsOf(c)).find(({ name }) => name === c.req.param('name'));
    if (info === undefined) throw new Refused('unknown-metric', view.t('metrics.unknown'), 404);
    const year = lastYear(view.now);
    const by = (c.req.query('by') ?? '').split(',').filter((one) => one !== '');
    const chosen = { info, by, from: c.req.query('from') ?? year.from, to: c.req.query('to') ?? year.to };
    try {
      const { metric } = await view.ask<{ readonly metric: MetricAnswer }>(metricQuestion, {
        name: info.name,
        by,
        from: chosen.from,
        to: chosen.to,
      });
      return await answer(c, metricPage(view, chosen, metric));
    } catch (error) {
      if (!(error instanceof Refused) || error.status === 401) throw error;
      return await answer(c, metricPage(view, chosen, undefined, error.message), 422);
    }
  });
  app.get('/console/metrics/:name/file', async (c) => {
    const by = (c.req.query('by') ?? '')
      .split(',')
      .filter((one) => one !== '')
      .map(fileName);
    const query = new URLSearchParams({
      from: c.req.query('from') ?? '',
      to: c.req.query('to') ?? '',
      ...(by.length === 0 ? {} : { by: by.join(',') }),
    });
    return await handOn(c, `/v1/metrics/${fileName(c.req.param('name'))}.csv?${query.toString()}`);
  });
}

function audit(app: Hono<ConsoleEnv>): void {
  const show = async (c: ConsoleContext, checked?: ChainCheck): Promise<Response> => {
    const view = c.get('view');
    return await answer(
      c,
      auditPage(view, await view.ask<AuditAnswer>(auditQuestion, { after: c.req.query('after') ?? null }), checked),
    );
  };
  app.get('/console/audit', (c) => show(c));
  app.get('/console/audit/export', (c) => handOn(c, '/v1/audit'));
  app.post(
    '/console/audit/verify',
    async (c) => await show(c, await c.get('view').order<ChainCheck>('POST', '/v1/audit-checks', {})),
  );
}
