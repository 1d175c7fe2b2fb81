import type { Hono } from 'hono';
import { namesOf } from '../client-names.ts';
import { answer, type ConsoleContext, type ConsoleEnv, field } from '../context.ts';
import { handOn } from '../hand-on.ts';
import { type ConsentTask, consentTasksPage, consentTasksShown } from '../pages/consent-tasks.ts';
import { type ProcessingRecord, processingRecordPage } from '../pages/processing-record.ts';
import { type Proposal, proposalsShown, retentionPage } from '../pages/retention.ts';
import { type Purposes, purposesPage } from '../pages/purposes.ts';
import { type Recipient, type Told, toldPage } from '../pages/told.ts';
import { type Drift, driftShown } from '../parts/drift.ts';
import { attempt, withFicha } from './clients.ts';

/** Purposes and drift, tasks, who was told, the record of processing, and who was kept for too long. */
export function accountabilityRoutes(app: Hono<ConsoleEnv>): void {
  app.get('/console/data/purposes', async (c) => {
    const view = c.get('view');
    const purposes = await view.order<Purposes>('GET', '/v1/consent-purposes');
    const { drift } = await view.order<{ readonly drift: Drift['found'] }>('GET', '/v1/consent-drift');
    const names = await namesOf(
      view,
      drift.slice(0, driftShown).map(({ clientId }) => clientId),
    );
    return await answer(c, purposesPage(view, purposes, { found: drift, names }));
  });
  app.get('/console/data/record', async (c) => {
    const view = c.get('view');
    const record = await view.order<ProcessingRecord>('GET', `/v1/processing-record?language=${view.t.language}`);
    return await answer(c, processingRecordPage(view, record));
  });
  app.get('/console/clients/:id/told', (c) => showTold(c));
  app.post('/console/clients/:id/recipients', async (c) => {
    const view = c.get('view');
    const [title, givenAt] = [field(c, 'title'), field(c, 'givenAt')];
    const what =
      field(c, 'mistaken') === ''
        ? { ...(title === '' ? {} : { title }), ...(givenAt === '' ? {} : { givenAt: `${givenAt}T00:00:00Z` }) }
        : { mistaken: true };
    const done = await attempt(async () => {
      await view.order('POST', '/v1/recipients', { clientId: c.req.param('id'), place: field(c, 'place'), ...what });
      return view.t(field(c, 'mistaken') === '' ? 'recipient.noted' : 'recipient.withdrawn');
    });
    return await showTold(c, done);
  });
  app.get('/console/clients/:id/receipt', (c) =>
    handOn(c, `/v1/consent-receipts/${encodeURIComponent(c.req.param('id'))}`, 'consent-receipt.json'),
  );
  app.get('/console/data/tasks', (c) => showTasks(c));
  app.post('/console/data/tasks', async (c) => {
    const view = c.get('view');
    const given = field(c, 'answer');
    const evidence = given === 'done' ? { evidence: field(c, 'evidence') } : {};
    const told = await attempt(async () => {
      await view.order('POST', '/v1/consent-tasks', { taskId: field(c, 'taskId'), answer: given, ...evidence });
      return view.t(given === 'done' ? 'consentTasks.settled' : 'consentTasks.again');
    });
    return await showTasks(c, told);
  });
  app.get('/console/data/retention', (c) => showRetention(c));
  app.post('/console/data/retention', async (c) => {
    const view = c.get('view');
    const given = field(c, 'answer');
    const reason = given === 'keep' ? { reason: field(c, 'reason') } : {};
    const opened: { requestId?: string } = {};
    const told = await attempt(async () => {
      const { requestId } = await view.order<{ readonly requestId: string | null }>('POST', '/v1/retention', {
        taskId: field(c, 'taskId'),
        answer: given,
        ...reason,
      });
      if (requestId !== null) opened.requestId = requestId;
      return view.t('retention.kept');
    });
    if (opened.requestId === undefined) return await showRetention(c, told);
    return c.redirect(`/console/privacy/${opened.requestId}?told=open.done`, 303);
  });
}

const showTold = (c: ConsoleContext, done: { readonly said?: string; readonly trouble?: string } = {}): Promise<Response> =>
  withFicha(c, async (ficha) => {
    const view = c.get('view');
    const { told } = await view.order<{ readonly told: readonly Told[] }>('GET', `/v1/consent-told/${ficha.id}`);
    const given = view.mayOrder('decide-request')
      ? await view.order<{ readonly recipients: readonly Recipient[] }>('GET', `/v1/recipients/${ficha.id}`)
      : {};
    return await answer(c, toldPage(view, ficha, told, { ...given, ...done }), done.trouble === undefined ? 200 : 422);
  });

async function showRetention(
  c: ConsoleContext,
  told: { readonly said?: string; readonly trouble?: string } = {},
): Promise<Response> {
  const view = c.get('view');
  const { proposals } = await view.order<{ readonly proposals: readonly Proposal[] }>('GET', '/v1/retention');
  const from = Math.max(0, Number.parseInt(c.req.query('from') ?? '0', 10) || 0);
  const names = await namesOf(
    view,
    proposals.slice(from, from + proposalsShown).map(({ clientId }) => clientId),
  );
  return await answer(c, retentionPage(view, { all: proposals, names, from }, told), told.trouble === undefined ? 200 : 422);
}

async function showTasks(c: ConsoleContext, told: { readonly said?: string; readonly trouble?: string } = {}): Promise<Response> {
  const view = c.get('view');
  const { tasks } = await view.order<{ readonly tasks: readonly ConsentTask[] }>('GET', '/v1/consent-tasks');
  const from = Math.max(0, Number.parseInt(c.req.query('from') ?? '0', 10) || 0);
  const names = await namesOf(
    view,
    tasks.slice(from, from + consentTasksShown).map(({ clientId }) => clientId),
  );
  return await answer(c, consentTasksPage(view, { all: tasks, names, from }, told), told.trouble === undefined ? 200 : 422);
}
