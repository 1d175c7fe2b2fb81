import type { Context, Hono } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { isRole, mayRead, roles } from '../../domain/access/role.ts';
import { answer, type ConsoleDeps, type ConsoleEnv } from '../context.ts';
import { signInPage } from '../pages/sign-in.ts';
import { keepSession } from '../keep-session.ts';
import { newSession, sessionCookie } from '../session.ts';
import type { Key, Words } from '../words.ts';

const flowCookie = 'ficha_sign_in';
const flowMinutes = 10;

const whys: Readonly<Record<string, Key>> = { idle: 'signIn.idle', ended: 'signIn.ended', left: 'signIn.left' };

/** Signing in by the provider, as a sample user, or with a token; and out again. */
export function signInRoutes(app: Hono<ConsoleEnv>, deps: ConsoleDeps, wordsOf: (c: Context) => Words): void {
  const show = async (c: Context<ConsoleEnv>, trouble?: string): Promise<Response> => {
    const t = wordsOf(c);
    const why = whys[c.req.query('why') ?? ''];
    const samples = deps.sampleToken === undefined ? [] : roles;
    const offer = {
      samples,
      provider: deps.provider !== undefined,
      said: trouble === undefined && why !== undefined ? t(why) : undefined,
      trouble,
    };
    return await answer(c, signInPage(t, offer), trouble === undefined ? 200 : 403);
  };
  /** Where somebody with these roles begins. */
  const enter = async (c: Context<ConsoleEnv>, token: string): Promise<Response> => {
    const { subject, roles: held } = await deps.verify(token);
    if (held.length === 0) return await show(c, wordsOf(c)('signIn.noRole'));
    keepSession(c, deps, newSession(token, subject, held, deps.now()));
    return c.redirect(mayRead(held, 'clients') ? '/console' : '/console/metrics', 303);
  };
  app.get('/console/sign-in', (c) => show(c));
  app.post('/console/sign-in', async (c) => {
    const { role, token } = await c.req.parseBody();
    if (typeof role === 'string' && isRole(role) && deps.sampleToken !== undefined)
      return await enter(c, await deps.sampleToken(role));
    try {
      return await enter(c, typeof token === 'string' ? token.trim() : '');
    } catch (error) {
      deps.log.warn({ err: error }, 'a sign-in was refused');
      return await show(c, wordsOf(c)('signIn.refused'));
    }
  });
  // a link: of a form, form-action 'self' would forbid the redirect to the provider
  app.get('/console/sign-in/provider', async (c) => {
    if (deps.provider === undefined) return await show(c, wordsOf(c)('signIn.noProvider'));
    const { url, kept } = await deps.provider.begin();
    setCookie(c, flowCookie, deps.keys.encrypt(Buffer.from(kept), flowCookie).toString('base64url'), {
      path: '/console/sign-in',
      httpOnly: true,
      sameSite: 'Lax', // the provider sends the person back from its own site
      secure: deps.secure,
      maxAge: flowMinutes * 60,
    });
    return c.redirect(url, 303);
  });
  app.get('/console/sign-in/back', async (c) => {
    const sealed = getCookie(c, flowCookie);
    deleteCookie(c, flowCookie, { path: '/console/sign-in' });
    try {
      if (deps.provider === undefined || sealed === undefined) return await show(c, wordsOf(c)('signIn.refused'));
      const kept = deps.keys.decrypt(Buffer.from(sealed, 'base64url'), flowCookie).toString('utf8');
      return await enter(c, await deps.provider.finish(new URL(c.req.url), kept));
    } catch (error) {
      deps.log.warn({ err: error }, 'a sign-in by the provider was refused');
      return await show(c, wordsOf(c)('signIn.refused'));
    }
  });
  app.post('/console/sign-out', (c) => {
    deleteCookie(c, sessionCookie, { path: '/console' });
    return c.redirect('/console/sign-in?why=left', 303);
  });
}
