import type { Hono } from 'hono';
import { answer, type ConsoleContext, type ConsoleEnv, field } from '../context.ts';
import { type History, historyPage, historyQuestion } from '../pages/history.ts';
import { attempt, type Told, withFicha } from './clients.ts';

/** How a client came together, and taking back what a person decided. */
export function historyRoutes(app: Hono<ConsoleEnv>): void {
  const show = (c: ConsoleContext, told: Told): Promise<Response> =>
    withFicha(c, async (ficha) => {
      const view = c.get('view');
      const { clientHistory } = await view.ask<{ readonly clientHistory: History }>(historyQuestion, { id: ficha.id });
      return await answer(c, historyPage(view, ficha, clientHistory, told), told.trouble === undefined ? 200 : 422);
    });
  app.get('/console/clients/:id/history', (c) =>
    show(c, c.req.query('told') === 'split' ? { said: c.get('view').t('split.done') } : {}),
  );
  app.post('/console/clients/:id/history', async (c) => {
    const view = c.get('view');
    const told = await attempt(async () => {
      await view.order('POST', '/v1/identity-undos', { decisionId: field(c, 'decisionId') });
      return view.t('history.undone');
    });
    return await show(c, told);
  });
}
