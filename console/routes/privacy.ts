import type { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { Refused } from '../back-end.ts';
import { answer, type ConsoleContext, type ConsoleEnv, field } from '../context.ts';
import { namesOf } from '../client-names.ts';
import { handOn } from '../hand-on.ts';
import { fichaOf } from '../pages/client.ts';
import { findClients } from '../pages/find.ts';
import { chooseClientPage } from '../pages/privacy-choose.ts';
import { lastRequests, privacyInbox, requestsNamed, runningRequests, waitingIntakes } from '../pages/privacy-inbox.ts';
import { askedFrom, commandOf, confirmStep, detailsStep, lacksIn } from '../pages/privacy-open.ts';
import { besideOf, privacyRequestPage, requestOf } from '../pages/privacy-request.ts';
import { letterPage } from '../pages/letter.ts';
import { requestLive, requestMarks } from '../parts/request-live.ts';
import { fileOf } from '../uploaded-file.ts';
import type { View } from '../view.ts';
import type { Key } from '../words.ts';
import { attempt } from './clients.ts';

const path = (id: string, verb: string): string => `/v1/requests/${encodeURIComponent(id)}/${verb}`;
const lookEveryMs = 1_000;

/** The desk of the data-protection officer: open, watch, decide, prove. */
export function privacyRoutes(app: Hono<ConsoleEnv>): void {
  app.get('/console/privacy', async (c) => {
    const view = c.get('view');
    return await answer(c, privacyInbox(view, await deskOf(view)));
  });
  app.post('/console/privacy/intakes/:id', async (c) => {
    const view = c.get('view');
    await view.order('POST', `/v1/intakes/${encodeURIComponent(c.req.param('id'))}/settle`, {});
    return c.redirect('/console/privacy', 303);
  });
  opening(app);
  app.get('/console/privacy/:id', (c) => show(c, toldIn(c)));
  app.get('/console/privacy/:id/live', (c) => watch(c));
  files(app);
  const acts: Readonly<Record<string, (view: View, c: ConsoleContext, id: string) => Promise<Key>>> = {
    approve: async (view, c, id) => {
      await view.order('POST', '/v1/decisions', { requestId: id, decision: 'approved', planHash: field(c, 'planHash') });
      return 'privacy.approved';
    },
    refuse: async (view, c, id) => {
      await view.order('POST', '/v1/decisions', { requestId: id, decision: 'refused', reason: field(c, 'reason') });
      return 'privacy.refused';
    },
    identity: async (view, _c, id) => {
      await view.order('POST', path(id, 'identity'), {});
      return 'privacy.vouched';
    },
    extend: async (view, c, id) => {
      await view.order('POST', path(id, 'extend'), { reason: field(c, 'reason'), noticeAt: view.now.toISOString() });
      return 'privacy.extendedNow';
    },
    cancel: async (view, _c, id) => {
      await view.order('POST', path(id, 'cancel'), {});
      return 'privacy.cancelled';
    },
    lift: async (view, _c, id) => {
      await view.order('POST', path(id, 'lift-restriction'), { noticeAt: view.now.toISOString() });
      return 'privacy.lifted';
    },
    task: async (view, c) => {
      const proof = await fileOf(c, 'proof');
      await view.order('POST', '/v1/privacy-tasks', {
        taskId: field(c, 'taskId'),
        answer: field(c, 'answer'),
        ...(proof === undefined ? {} : { proof }),
      });
      return 'privacy.settled';
    },
  };
  for (const [verb, act] of Object.entries(acts)) {
    app.post(`/console/privacy/:id/${verb}`, async (c) => {
      const id = c.req.param('id') ?? '';
      let done: Key | undefined;
      const { trouble } = await attempt(async () => (done = await act(c.get('view'), c, id)));
      // a page that can be loaded again without doing it again
      if (trouble === undefined) return c.redirect(`/console/privacy/${id}?told=${done ?? ''}`, 303);
      return await show(c, { trouble });
    });
  }
}

const tellable: readonly Key[] = [
  'privacy.approved',
  'privacy.refused',
  'privacy.vouched',
  'privacy.extendedNow',
  'privacy.cancelled',
  'privacy.settled',
  'privacy.lifted',
  'open.done',
  'open.again',
];

/** What was done just before, from the address: one of a few fixed texts. */
function toldIn(c: ConsoleContext): { readonly said?: string } {
  const key = tellable.find((one) => one === c.req.query('told'));
  return key === undefined ? {} : { said: c.get('view').t(key) };
}

async function show(c: ConsoleContext, told: { readonly said?: string; readonly trouble?: string } = {}): Promise<Response> {
  const view = c.get('view');
  const request = await requestOf(view, c.req.param('id') ?? '');
  if (request === undefined) throw new Refused('unknown-request', view.t('privacy.unknown'), 404);
  return await answer(
    c,
    privacyRequestPage(view, request, await besideOf(view, request), told),
    told.trouble === undefined ? 200 : 422,
  );
}

async function deskOf(view: View) {
  const open = await runningRequests(view);
  return {
    open,
    ended: await lastRequests(view),
    intakes: view.mayOrder('decide-request') ? await waitingIntakes(view) : [],
    names: view.mayRead('clients')
      ? await namesOf(
          view,
          open.slice(0, requestsNamed).map(({ clientId }) => clientId),
        )
      : new Map<string, string>(),
  };
}

/** The three steps; nothing is written before the last. */
function opening(app: Hono<ConsoleEnv>): void {
  app.get('/console/privacy/new', async (c) => await answer(c, chooseClientPage(c.get('view'), '', [])));
  app.post('/console/privacy/new', async (c) => {
    const typed = field(c, 'q');
    return await answer(c, chooseClientPage(c.get('view'), typed, await findClients(c.get('view'), typed)));
  });
  app.get('/console/privacy/new/:client', async (c) => {
    const view = c.get('view');
    const ficha = await fichaOf(view, c.req.param('client'));
    return ficha === undefined ? c.redirect('/console/privacy/new', 303) : await answer(c, detailsStep(view, ficha));
  });
  app.post('/console/privacy/new/:client', async (c) => {
    const view = c.get('view');
    const ficha = await fichaOf(view, c.req.param('client'));
    if (ficha === undefined) return c.redirect('/console/privacy/new', 303);
    const asked = askedFrom(c.get('form'));
    const lacks = lacksIn(view, asked);
    if (lacks !== undefined) return await answer(c, detailsStep(view, ficha, lacks, asked), 422);
    if (field(c, 'confirmed') !== 'yes') return await answer(c, confirmStep(view, ficha, asked));
    try {
      const opened = await view.order<{
        readonly requestId: string;
        readonly identityPath: string | null;
        readonly duplicate?: boolean;
      }>('POST', '/v1/requests', commandOf(ficha.id, asked, view.now));
      const told = opened.duplicate === true ? 'open.again' : 'open.done';
      if (opened.identityPath === null) return c.redirect(`/console/privacy/${opened.requestId}?told=${told}`, 303);
      const request = await requestOf(view, opened.requestId);
      if (request === undefined) return c.redirect('/console/privacy', 303);
      // the link is shown now and never again
      const said = `${view.t(told)} ${view.t('open.link', { path: opened.identityPath })}`;
      return await answer(c, privacyRequestPage(view, request, await besideOf(view, request), { said }));
    } catch (error) {
      if (!(error instanceof Refused) || error.status === 401) throw error;
      return await answer(c, detailsStep(view, ficha, error.message, asked), 422);
    }
  });
}

/** Sends the moving part again whenever it differs from what the page shows, until the request is over or nobody looks any more. */
function watch(c: ConsoleContext): Response {
  const view = c.get('view');
  const id = c.req.param('id') ?? '';
  return streamSSE(c, async (out) => {
    let shown = { part: c.req.query('part'), offer: c.req.query('offer') };
    while (!out.aborted) {
      const request = await requestOf(view, id);
      if (request === undefined) return;
      const marks = requestMarks(request);
      if (marks.part !== shown.part) await out.writeSSE({ event: 'part', data: String(await requestLive(view, request)) });
      if (marks.offer !== shown.offer) await out.writeSSE({ event: 'reload', data: request.state });
      shown = marks;
      if (request.closedAt !== null) return;
      await out.sleep(lookEveryMs);
    }
  });
}

function files(app: Hono<ConsoleEnv>): void {
  const language = (c: ConsoleContext): string =>
    c.req.query('language') === undefined ? '' : `?language=${encodeURIComponent(c.req.query('language') ?? '')}`;
  const notice = (c: ConsoleContext): string =>
    `${path(c.req.param('id') ?? '', 'notices')}/${encodeURIComponent(c.req.param('kind') ?? '')}${language(c)}`;
  app.get('/console/privacy/:id/certificate', (c) => {
    const asked = new URLSearchParams(Object.entries(c.req.query()).filter(([name]) => name === 'language' || name === 'as'));
    return handOn(c, `${path(c.req.param('id'), 'certificate')}?${asked}`);
  });
  app.get('/console/privacy/:id/notice/:kind', (c) => handOn(c, notice(c)));
  app.get('/console/privacy/:id/letter/:kind', async (c) => {
    const view = c.get('view');
    const response = await view.file(notice(c));
    const shown = response.headers.get('content-language') ?? 'en';
    const letter = { requestId: c.req.param('id'), kind: c.req.param('kind'), language: shown, text: await response.text() };
    return await answer(c, letterPage(view, letter));
  });
  app.get('/console/privacy/:id/package', (c) => handOn(c, path(c.req.param('id'), 'package')));
  app.get('/console/privacy/:id/evidence/:evidence', (c) =>
    handOn(c, `${path(c.req.param('id'), 'evidence')}/${encodeURIComponent(c.req.param('evidence'))}/file`),
  );
  app.post('/console/privacy/:id/package-link', async (c) => {
    const view = c.get('view');
    // the link is shown now and never again
    const told = await attempt(async () => {
      const made = await view.order<{ readonly packagePath: string; readonly expiresAt: string }>(
        'POST',
        path(c.req.param('id'), 'package-link'),
        {},
      );
      return view.t('privacy.packageLinkMade', { path: made.packagePath, when: view.t.day(made.expiresAt) });
    });
    return await show(c, told);
  });
}
