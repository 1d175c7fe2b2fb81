import type { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { Refused } from '../back-end.ts';
import { answer, type ConsoleContext, type ConsoleEnv, field } from '../context.ts';
import { chooseConnectorPage, linkOf, linkPage } from '../pages/link-system.ts';
import type { LimitsUsed } from '../parts/limits-used.ts';
import { expectedOf, syncLive } from '../parts/sync-progress.ts';
import type { Checked } from '../parts/system-checked.ts';
import type { Preview } from '../parts/system-preview.ts';
import { liveMark } from '../parts/live-mark.ts';
import { systemPage, type SystemTold } from '../pages/system.ts';
import { systemsPage } from '../pages/systems.ts';
import type { ConnectorAbout } from '../../schemas/types.ts';
import { type LinkedSystem, type SystemDetails, systemQuestion, systemsQuestion } from '../system-question.ts';
import type { View } from '../view.ts';
import { attempt } from './clients.ts';

const lookEveryMs = 1_000;

const systemsOf = async (view: View): Promise<readonly LinkedSystem[]> =>
  (await view.ask<{ readonly linkedSystems: readonly LinkedSystem[] }>(systemsQuestion)).linkedSystems;

const connectorsOf = async (view: View): Promise<readonly ConnectorAbout[]> =>
  (await view.order<{ readonly connectors: readonly ConnectorAbout[] }>('GET', `/v1/connectors?language=${view.t.language}`))
    .connectors;

const detailsOf = (view: View, id: string): Promise<SystemDetails> => view.ask<SystemDetails>(systemQuestion, { id });

/** Linked systems: look, pull, check, add. */
export function systemRoutes(app: Hono<ConsoleEnv>): void {
  app.get('/console/systems', async (c) => await answer(c, systemsPage(c.get('view'), await systemsOf(c.get('view')))));
  linking(app);
  app.get('/console/systems/:id', (c) => show(c));
  app.get('/console/systems/:id/live', (c) => watch(c));
  app.post('/console/systems/:id/sync', async (c) => {
    const view = c.get('view');
    const told = await attempt(async () => {
      await view.order('POST', '/v1/syncs', { systemId: c.req.param('id'), mode: field(c, 'mode') });
      return view.t('systems.started');
    });
    return await show(c, told);
  });
  app.post('/console/systems/:id/check', async (c) => {
    const view = c.get('view');
    const path = `/v1/systems/${encodeURIComponent(c.req.param('id'))}/check`;
    try {
      return await show(c, { checked: await view.order<Checked>('POST', path, {}) });
    } catch (error) {
      if (!(error instanceof Refused) || error.status === 401) throw error;
      return await show(c, { trouble: error.message });
    }
  });
}

async function show(c: ConsoleContext, told: SystemTold = {}): Promise<Response> {
  const view = c.get('view');
  const id = c.req.param('id') ?? '';
  const system = (await systemsOf(view)).find((one) => one.id === id);
  if (system === undefined) throw new Refused('unknown-system', view.t('systems.unknown'), 404);
  const about = (await connectorsOf(view)).find(({ name }) => name === system.connector);
  const limits = await view.order<LimitsUsed>('GET', `/v1/systems/${encodeURIComponent(id)}/limits`);
  return await answer(
    c,
    systemPage(view, { system, details: await detailsOf(view, id), limits, about }, told),
    told.trouble === undefined ? 200 : 422,
  );
}

function linking(app: Hono<ConsoleEnv>): void {
  const aboutOf = async (c: ConsoleContext): Promise<ConnectorAbout> => {
    const view = c.get('view');
    const about = (await connectorsOf(view)).find(({ name }) => name === c.req.param('connector'));
    if (about === undefined) throw new Refused('unknown-connector', view.t('link.unknown'), 404);
    return about;
  };
  app.get(
    '/console/systems/new',
    async (c) => await answer(c, chooseConnectorPage(c.get('view'), await connectorsOf(c.get('view')))),
  );
  app.get('/console/systems/new/:connector', async (c) => await answer(c, linkPage(c.get('view'), await aboutOf(c), {})));
  app.post('/console/systems/new/:connector', async (c) => {
    const view = c.get('view');
    const about = await aboutOf(c);
    const form = c.get('form');
    const link = linkOf(about, form);
    try {
      if (field(c, 'what') === 'preview') {
        const preview = await view.order<Preview>('POST', '/v1/system-previews', link);
        return await answer(c, linkPage(view, about, form, { preview }));
      }
      if (field(c, 'what') !== 'link') {
        return await answer(
          c,
          linkPage(view, about, form, { checked: await view.order<Checked>('POST', '/v1/system-checks', link) }),
        );
      }
      const { id } = await view.order<{ readonly id: string }>('PUT', '/v1/systems', link);
      await view.order('POST', '/v1/syncs', { systemId: id, mode: 'full' });
      return c.redirect(`/console/systems/${id}`, 303);
    } catch (error) {
      if (!(error instanceof Refused) || error.status === 401) throw error;
      return await answer(c, linkPage(view, about, form, { trouble: error.message }), 422);
    }
  });
}

/** Progress of a pull while somebody looks. */
function watch(c: ConsoleContext): Response {
  const view = c.get('view');
  const id = c.req.param('id') ?? '';
  return streamSSE(c, async (out) => {
    let shown = c.req.query('part');
    while (!out.aborted) {
      const runs = (await detailsOf(view, id)).syncRuns.edges.map(({ node }) => node);
      const [run] = runs;
      const mark = liveMark(run);
      if (mark !== shown)
        await out.writeSSE({
          event: 'part',
          data: String(await syncLive({ ...view, now: new Date() }, run, expectedOf(runs, 0))),
        });
      shown = mark;
      await out.sleep(lookEveryMs);
    }
  });
}
