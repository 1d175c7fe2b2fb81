import type { Context } from 'hono';
import { setCookie } from 'hono/cookie';
import type { ConsoleDeps } from './context.ts';
import { sealSession, type Session, sessionCookie } from './session.ts';

/** Puts the session into its cookie: out of reach of scripts and of other sites. */
export function keepSession(c: Context, { keys, secure }: Pick<ConsoleDeps, 'keys' | 'secure'>, session: Session): void {
  setCookie(c, sessionCookie, sealSession(keys, session), { path: '/console', httpOnly: true, sameSite: 'Lax', secure });
}
