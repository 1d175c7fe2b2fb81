import { FichaError } from '../../domain/record/error.ts';
import type { KeyRing } from '../../platform/keys.ts';

/** What a preference link leads to. Opaque ids only; sealed all the same. */
export interface PreferenceLink {
  readonly clientId: string;
  /** What one click unsubscribes from. */
  readonly purpose: string;
  readonly channel: string;
  /** ISO 8601 UTC. */
  readonly until: string;
  /**
   * The client's own addresses of this channel as the suppression list holds them, keyed hashes in hexadecimal: a no that is said when no
   * system knows the client any more still finds them when they come back.
   */
  readonly hashes?: readonly string[];
}

/** Kind of the addresses that a channel reaches. */
export const addressKind = (channel: string): 'email' | 'phone' => (channel === 'email' ? 'email' : 'phone');

const context = 'preference-link';

/** A link's token: sealed with the master key, so that it can be neither read nor made by others. */
export const sealPreferenceLink = (keys: KeyRing, link: PreferenceLink): string =>
  keys.encrypt(Buffer.from(JSON.stringify(link)), context).toString('base64url');

/**
 * @throws FichaError `link-unknown` (not ours, cut, changed), `link-expired`
 */
export function openPreferenceLink(keys: KeyRing, token: string, now: Date): PreferenceLink {
  let link: PreferenceLink;
  try {
    link = JSON.parse(keys.decrypt(Buffer.from(token, 'base64url'), context).toString('utf8')) as PreferenceLink; // sealed by `sealPreferenceLink`
  } catch (cause) {
    throw new FichaError('link-unknown', 'this link is not one of ours, or a part of it is missing', { cause });
  }
  if (link.until < now.toISOString()) throw new FichaError('link-expired', 'this link has expired');
  return link;
}
