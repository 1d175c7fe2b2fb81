import type { Hono } from 'hono';
import { answer, type ConsoleContext, type ConsoleEnv } from '../context.ts';
import { handOn } from '../hand-on.ts';
import { clientPage } from '../pages/client.ts';
import { fileOf } from '../uploaded-file.ts';
import type { View } from '../view.ts';
import { attempt, withFicha } from './clients.ts';

const copyOf = (c: ConsoleContext): string => `/v1/documents/${encodeURIComponent(c.req.param('document') ?? '')}/copy`;

/** Copies of documents, kept sealed: put one there, fetch it, take it away. */
export function documentRoutes(app: Hono<ConsoleEnv>): void {
  const settle = async (c: ConsoleContext, act: (view: View) => Promise<string>): Promise<Response> => {
    const view = c.get('view');
    const told = await attempt(() => act(view));
    const status = told.trouble === undefined ? 200 : 422;
    return await withFicha(c, async (ficha) => await answer(c, clientPage(view, ficha, told), status));
  };
  app.get('/console/clients/:id/documents/:document', (c) => handOn(c, copyOf(c)));
  app.post('/console/clients/:id/documents/:document', (c) =>
    settle(c, async (view) => {
      const { mediaType, content } = (await fileOf(c, 'copy')) ?? { mediaType: 'application/octet-stream', content: '' };
      await view.order('PUT', copyOf(c), { mediaType, content });
      return view.t('documents.kept');
    }),
  );
  app.post('/console/clients/:id/documents/:document/drop', (c) =>
    settle(c, async (view) => {
      await view.order('DELETE', copyOf(c));
      return view.t('documents.dropped');
    }),
  );
}
