import { randomBytes, timingSafeEqual } from 'node:crypto';
import { isRole, type Role } from '../domain/access/role.ts';
import type { KeyRing } from '../platform/keys.ts';

/** Who is signed in, kept in a sealed cookie: the server remembers nobody, so any process can answer. */
export interface Session {
  readonly token: string;
  readonly subject: string;
  readonly roles: readonly Role[];
  /** What a form must carry, so that no other site can send one. */
  readonly csrf: string;
  /** When the person last did something, milliseconds. */
  readonly seenAt: number;
}

export const sessionCookie = 'ficha_session';
const context = 'console-session';

/** A new session of a checked token. */
export const newSession = (token: string, subject: string, roles: readonly Role[], now: Date): Session => ({
  token,
  subject,
  roles,
  csrf: randomBytes(24).toString('base64url'),
  seenAt: now.getTime(),
});

export const sealSession = (keys: KeyRing, session: Session): string =>
  keys.encrypt(Buffer.from(JSON.stringify(session)), context).toString('base64url');

/** The session of a cookie; undefined when it is not one of ours. */
export function openSession(keys: KeyRing, cookie: string | undefined): Session | undefined {
  if (cookie === undefined || cookie === '') return undefined;
  try {
    const session = JSON.parse(keys.decrypt(Buffer.from(cookie, 'base64url'), context).toString('utf8')) as Session; // sealed by `sealSession`
    return { ...session, roles: session.roles.filter(isRole) };
  } catch {
    return undefined; // cut, changed, or sealed under a key that is gone: sign in again
  }
}

/** Nobody did anything for so long that the page may stand open on an empty desk. */
export const isIdle = ({ seenAt }: Session, now: Date, idleMinutes: number): boolean =>
  now.getTime() - seenAt > idleMinutes * 60_000;

/** Whether a form carries the word of this session. */
export function carriesCsrf({ csrf }: Session, sent: unknown): boolean {
  if (typeof sent !== 'string') return false;
  const [one, other] = [Buffer.from(sent), Buffer.from(csrf)];
  return one.length === other.length && timingSafeEqual(one, other);
}
