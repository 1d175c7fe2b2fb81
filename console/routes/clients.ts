import type { Hono } from 'hono';
import { Refused } from '../back-end.ts';
import { answer, type ConsoleContext, type ConsoleEnv, field, fields } from '../context.ts';
import { clientPage, fichaOf } from '../pages/client.ts';
import { findClients, findPage, findResults } from '../pages/find.ts';
import { runningRequests } from '../pages/privacy-inbox.ts';
import { redRequests } from '../parts/red-requests.ts';
import { nothing } from '../view.ts';
import type { Effect } from '../pages/review.ts';
import { type Preview, splitEffect, splitPage } from '../pages/split-client.ts';
import type { Ficha } from '../client-question.ts';

/** The ficha of the path, or an answer that says there is none. */
export const withFicha = async (c: ConsoleContext, then: (ficha: Ficha) => Promise<Response>): Promise<Response> => {
  const view = c.get('view');
  const ficha = await fichaOf(view, c.req.param('id') ?? '');
  return ficha === undefined ? await answer(c, findPage(view, '', [], { said: view.t('client.none') }), 404) : await then(ficha);
};

/** Find a client, see everything, write down what they said, part records that are somebody else's. */
export function clientRoutes(app: Hono<ConsoleEnv>): void {
  app.get('/console', async (c) => {
    const view = c.get('view');
    if (!view.mayRead('clients')) return c.redirect('/console/metrics', 303);
    const red = view.mayRead('privacy-requests') ? redRequests(view, await runningRequests(view)) : nothing;
    return await answer(c, findPage(view, '', [], { red }));
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
  app.post('/console/clients/:id/split', (c) => withFicha(c, (ficha) => split(c, ficha)));
}

async function split(c: ConsoleContext, ficha: Ficha): Promise<Response> {
  const view = c.get('view');
  const records = fields(c, 'records');
  const isSplit = field(c, 'what') === 'split';
  const show = async (preview: Preview): Promise<Response> => {
    const status = preview.trouble === undefined ? 200 : 422;
    return c.req.header('x-fragment') === '1'
      ? await answer(c, splitEffect(view, preview), status)
      : await answer(c, splitPage(view, ficha, records, preview), status);
  };
  if (!isSplit && records.length === 0) return await show({});
  try {
    const effect = await view.order<Effect>('POST', '/v1/client-splits', { clientId: ficha.id, records, dryRun: !isSplit });
    if (!isSplit) return await show({ effect });
    return c.redirect(`/console/clients/${ficha.id}/history?told=split`, 303);
  } catch (error) {
    if (!(error instanceof Refused) || error.status === 401) throw error;
    return await show({ trouble: error.message });
  }
}

/** That something was done, or why it was refused. */
export interface Told {
  readonly said?: string;
  readonly trouble?: string;
}

/** What to tell after an order. */
export async function attempt(act: () => Promise<string>): Promise<Told> {
  try {
    return { said: await act() };
  } catch (error) {
    if (error instanceof Refused && error.status !== 401) return { trouble: error.message };
    throw error;
  }
}
