import { FichaError } from '../../domain/record/error.ts';

/** Where calls may go: the server itself, and the hosts that the manifest allows beside it. */
export interface AllowedHosts {
  readonly base: URL;
  readonly patterns: readonly string[];
}

/** `*.` in front of a pattern allows one more label. */
export const hostMatches = (host: string, pattern: string): boolean => {
  if (!pattern.startsWith('*.')) return host === pattern;
  const rest = pattern.slice(1);
  return host.endsWith(rest) && host.length > rest.length && !host.slice(0, -rest.length).includes('.');
};

/**
 * The address to call, or a refusal that does not repeat it. The scheme may not fall back from https to http, and an address may
 * carry no user name.
 * @param target path from the base, or a whole address as a redirect or next-link gives it
 * @param fromRoot a path is of the host, not of the base (links are, RFC 3986)
 * @throws FichaError `host-not-allowed`
 */
export function allowedAddress(target: string, { base, patterns }: AllowedHosts, systemId: string, fromRoot = false): URL {
  const refuse = (why: string): FichaError =>
    new FichaError(
      'host-not-allowed',
      `${systemId}: an answer or a setting points ${why}; nothing was sent there. See server.allowHosts`,
    );
  let url: URL;
  try {
    const whole = fromRoot || /^[a-z][a-z0-9+.-]*:|^\/\//i.test(target);
    url = whole ? new URL(target, base) : new URL(`${base.href.replace(/\/$/, '')}${target}`);
  } catch {
    throw refuse('to an address that cannot be read');
  }
  const known = url.host === base.host || patterns.some((pattern) => hostMatches(url.host, pattern));
  if (!known || url.username !== '' || url.password !== '') throw refuse('to a host that is not allowed');
  if (url.protocol !== base.protocol && url.protocol !== 'https:') throw refuse('to an insecure address');
  return url;
}
