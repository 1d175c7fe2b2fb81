import { readFileSync } from 'node:fs';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { getCookie, setCookie } from 'hono/cookie';
import { html } from 'hono/html';
import { Refused } from './back-end.ts';
import { answer, type ConsoleDeps, type ConsoleEnv } from './context.ts';
import { keepSession } from './keep-session.ts';
import { liveScript } from './live-script.ts';
import { contentPolicy, outerPage, page } from './page.ts';
import { pageBehind } from './page-behind.ts';
import { accountabilityRoutes } from './routes/accountability.ts';
import { clientRoutes } from './routes/clients.ts';
import { dataRoutes } from './routes/data.ts';
import { documentRoutes } from './routes/documents.ts';
import { historyRoutes } from './routes/history.ts';
import { privacyRoutes } from './routes/privacy.ts';
import { reviewRoutes } from './routes/reviews.ts';
import { signInRoutes } from './routes/sign-in.ts';
import { systemRoutes } from './routes/systems.ts';
import { writeRoutes } from './routes/write.ts';
import { carriesCsrf, isIdle, openSession, sessionCookie } from './session.ts';
import { viewOf } from './view.ts';
import { languageFor, wordsIn } from './words.ts';

const languageCookie = 'ficha_language';
const style = readFileSync(new URL('style.css', import.meta.url), 'utf8');
const icon = readFileSync(new URL('icon.svg', import.meta.url), 'utf8');
const msPerMinute = 60_000;

const wordsOf = (c: Context): ReturnType<typeof wordsIn> =>
  wordsIn(languageFor(getCookie(c, languageCookie), c.req.header('accept-language')));

/**
 * The pages for people, under /console. Links and forms work before any script; the person's token stays in a cookie that no script
 * reads; a form without the session's own word is refused.
 * @see OWASP Cross-Site Request Forgery Prevention Cheat Sheet (synchronizer token, origin check)
 */
export function createConsole(deps: ConsoleDeps): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.use(async (c, next) => {
    await next();
    if (c.res.headers.get('content-security-policy') === null) c.header('content-security-policy', contentPolicy);
    c.header('referrer-policy', 'same-origin');
    c.header('x-content-type-options', 'nosniff');
    c.header('cross-origin-opener-policy', 'same-origin');
    if (c.res.headers.get('cache-control') === null) c.header('cache-control', 'no-store');
    if (deps.secure) c.header('strict-transport-security', 'max-age=31536000');
  });
  app.use(bodyLimit({ maxSize: 12 * 1024 * 1024 }));
  assets(app);
  app.use(async (c, next) => {
    if (c.req.method === 'POST' && !sameOrigin(c))
      return c.text('another site sent this form; open the console and try again', 403);
    return await next();
  });
  app.post('/console/language', async (c) => {
    const { language } = await c.req.parseBody();
    setCookie(c, languageCookie, languageFor(typeof language === 'string' ? language : undefined, undefined), {
      path: '/console',
      sameSite: 'Lax',
      httpOnly: true,
      secure: deps.secure,
      maxAge: 365 * 86_400,
    });
    return c.redirect(backTo(c), 303);
  });
  signInRoutes(app, deps, wordsOf);
  app.use('/console/*', (c, next) => admit(c, deps, next));
  app.use('/console', (c, next) => admit(c, deps, next));
  for (const routes of [
    clientRoutes,
    writeRoutes,
    privacyRoutes,
    reviewRoutes,
    systemRoutes,
    dataRoutes,
    accountabilityRoutes,
    documentRoutes,
    historyRoutes,
  ])
    routes(app);
  app.get('/console/here', (c) => c.body(null, 204)); // somebody types: the session stays
  app.notFound(async (c) => {
    const behind = c.req.method === 'GET' ? pageBehind(app.routes, c.req.path) : undefined;
    if (behind !== undefined) return c.redirect(behind, 303);
    const t = wordsOf(c);
    return await answer(
      c,
      outerPage(t, {
        title: t('error.notFound'),
        body: html`<h1>${t('error.notFound')}</h1><p><a href="/console">${t('error.home')}</a></p>`,
      }),
      404,
    );
  });
  app.onError(async (error, c) => await failed(error, c, deps));
  return app;
}

function assets(app: Hono<ConsoleEnv>): void {
  const keep = { 'cache-control': 'public, max-age=300' };
  app.get('/console/style.css', (c) => c.body(style, 200, { ...keep, 'content-type': 'text/css; charset=utf-8' }));
  app.get('/console/icon.svg', (c) => c.body(icon, 200, { ...keep, 'content-type': 'image/svg+xml' }));
  app.get('/console/live.js', async (c) =>
    c.body(await liveScript(), 200, { ...keep, 'content-type': 'text/javascript; charset=utf-8' }),
  );
}

/** Browsers say where a form comes from; one that says nothing is caught by the session's word. */
function sameOrigin(c: Context): boolean {
  const origin = c.req.header('origin');
  const site = c.req.header('sec-fetch-site');
  if (site !== undefined) return site === 'same-origin';
  return origin === undefined || new URL(origin).host === c.req.header('host');
}

/** The page one came from, when it is one of ours. */
function backTo(c: Context): string {
  const from = c.req.header('referer');
  const path = from === undefined ? '' : new URL(from).pathname;
  return path.startsWith('/console') ? path : '/console';
}

/** Lets in who is signed in and not idle; checks the word of every form. */
async function admit(c: Context<ConsoleEnv>, deps: ConsoleDeps, next: () => Promise<void>): Promise<Response | undefined> {
  const now = deps.now();
  const session = openSession(deps.keys, getCookie(c, sessionCookie));
  if (session === undefined) return c.redirect('/console/sign-in', 303);
  if (isIdle(session, now, deps.idleMinutes)) return c.redirect('/console/sign-in?why=idle', 303);
  if (c.req.method === 'POST') {
    const form = await c.req.parseBody({ all: true });
    if (!carriesCsrf(session, form['csrf']))
      return c.text('this form is not of your session; reload the page and try again', 403);
    c.set('form', form);
  }
  const isLive = c.req.path.endsWith('/live'); // a page that refreshes itself is nobody's click
  if (!isLive && now.getTime() - session.seenAt > msPerMinute) keepSession(c, deps, { ...session, seenAt: now.getTime() });
  c.set('view', viewOf(deps.backEnd, session, { t: wordsOf(c), now, path: c.req.path, idleMinutes: deps.idleMinutes }));
  await next();
  return undefined;
}

/** What a refusal is on a page: the words of the API, which say the way out and hold no personal data. */
async function failed(error: Error, c: Context<ConsoleEnv>, { log }: ConsoleDeps): Promise<Response> {
  if (error instanceof Refused && error.status === 401) return c.redirect('/console/sign-in?why=ended', 303);
  const t = wordsOf(c);
  const view = c.get('view') as ReturnType<typeof viewOf> | undefined; // not there when it failed before
  const known = error instanceof Refused && error.status < 500;
  if (!known) log.error({ err: error }, 'a page of the console failed');
  const frame = {
    title: t('error.title'),
    trouble: known ? error.message : t('error.failed'),
    body: html`<h1>${t('error.title')}</h1><p><a href="/console">${t('error.home')}</a></p>`,
  };
  return await answer(c, view === undefined ? outerPage(t, frame) : page(view, frame), known ? statusOf(error.status) : 500);
}

const statusOf = (status: number): 403 | 404 | 409 | 422 => (status === 403 || status === 404 || status === 409 ? status : 422);
