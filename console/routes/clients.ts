import type { Hono } from 'hono';
import { Refused } from '../back-end.ts';
import { answer, type ConsoleContext, type ConsoleEnv, field, fields } from '../context.ts';
import { clientPage, fichaOf } from '../pages/client.ts';
import { findClients, findPage, findResults } from '../pages/find.ts';
import type { Effect } from '../pages/review.ts';
import { splitPage } from '../pages/split-client.ts';
import type { Ficha } from '../client-question.ts';

/** The ficha of the path, or an answer that says there is none. */
export const withFicha = async (c: ConsoleContext, then: (ficha: Ficha) => Promise<Response>): Promise<Response> => {
  const view = c.get('view');
  const ficha = await fichaOf(view, c.req.param('id') ?? '');
  return ficha === undefined ? await answer(c, findPage(view, '', [], view.t('client.none')), 404) : await then(ficha);
};

/** Find a client, see everything, write down what they said, part records that are somebody else's. */
export function clientRoutes(app: Hono<ConsoleEnv>): void {
  app.get('/console', async (c) => {
    const view = c.get('view');
    return view.mayRead('clients') ? await answer(c, findPage(view, '', [])) : c.redirect('/console/metrics', 303);
  });
  app.post('/console/find', async (c) => {
    const view = c.get('view');
    const typed = field(c, 'q');
    const found = await findClients(view, typed);
    return await answer(c, c.req.header('x-fragment') === '1' ? findResults(view, typed, found) : findPage(view, typed, found));
  });
  app.get('/console/clients/:id', (c) => withFicha(c, async (ficha) => await answer(c, clientPage(c.get('view'), ficha))));
  app.post('/console/clients/:id/consent', async (c) => {
    const view = c.get('view');
    const id = c.req.param('id');
    const said = field(c, 'answer');
    const text = said === 'granted' ? { textVersion: field(c, 'textVersion'), language: view.t.language } : {};
    const body = {
      clientId: id,
      purpose: field(c, 'purpose'),
      channel: field(c, 'channel'),
      answer: said,
      how: field(c, 'how'),
      ...text,
    };
    const told = await attempt(async () => {
      await view.order('POST', '/v1/consents', body);
      return view.t('consent.recorded');
    });
    return await withFicha(
      c,
      async (ficha) => await answer(c, clientPage(view, ficha, told), told.trouble === undefined ? 200 : 422),
    );
  });
  app.get('/console/clients/:id/split', (c) =>
    withFicha(c, async (ficha) => await answer(c, splitPage(c.get('view'), ficha, []))),
  );
  app.post('/console/clients/:id/split', (c) =>
    withFicha(c, async (ficha) => {
      const view = c.get('view');
      const records = fields(c, 'records');
      const isPreview = field(c, 'what') !== 'split';
      try {
        const effect = await view.order<Effect>('POST', '/v1/client-splits', { clientId: ficha.id, records, dryRun: isPreview });
        return isPreview
          ? await answer(c, splitPage(view, ficha, records, { effect }))
          : await answer(c, clientPage(view, ficha, { said: view.t('split.done') }));
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        return await answer(c, splitPage(view, ficha, records, { trouble: error.message }), 422);
      }
    }),
  );
}

/** What to tell after an order: that it was done, or why it was refused. */
export async function attempt(act: () => Promise<string>): Promise<{ readonly said?: string; readonly trouble?: string }> {
  try {
    return { said: await act() };
  } catch (error) {
    if (error instanceof Refused && error.status !== 401) return { trouble: error.message };
    throw error;
  }
}
