import type { Context } from 'hono';
import type { Role } from '../domain/access/role.ts';
import type { KeyRing } from '../platform/keys.ts';
import type { Log } from '../platform/log.ts';
import type { BackEnd } from './back-end.ts';
import type { Html, View } from './view.ts';

/** Signing in with the company's OpenID provider. */
export interface SignInProvider {
  /** Where the person goes, and what must be kept until they come back. */
  begin(): Promise<{ readonly url: string; readonly kept: string }>;
  /** The access token that the provider gave. */
  finish(back: URL, kept: string): Promise<string>;
}

/** What the console works with. */
export interface ConsoleDeps {
  readonly backEnd: BackEnd;
  readonly keys: KeyRing;
  readonly log: Log;
  readonly now: () => Date;
  /** Checks a token; throws what is wrong with it. */
  readonly verify: (token: string) => Promise<{ readonly subject: string; readonly roles: readonly Role[] }>;
  /** Tokens of the sample users; in development only. */
  readonly sampleToken?: (role: Role) => Promise<string>;
  readonly provider?: SignInProvider;
  /** After so long without a click the console signs out. */
  readonly idleMinutes: number;
  /** Whether people reach it over https: the cookie then travels over nothing else. */
  readonly secure: boolean;
}

export interface ConsoleEnv {
  Variables: { view: View; form: Readonly<Record<string, unknown>> };
}

export type ConsoleContext = Context<ConsoleEnv>;

/** Answers a page that nothing may keep. */
export const answer = async (
  c: ConsoleContext,
  body: Html,
  status: 200 | 400 | 403 | 404 | 409 | 422 | 500 = 200,
): Promise<Response> => c.html(await body, status);

/** One text of the form that was sent; empty when it is not there. */
export function field(c: ConsoleContext, name: string): string {
  const value = c.get('form')[name];
  return typeof value === 'string' ? value : '';
}

/** All texts of the form under one name. */
export function fields(c: ConsoleContext, name: string): readonly string[] {
  const value = c.get('form')[name];
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((one): one is string => typeof one === 'string' && one !== '');
}
