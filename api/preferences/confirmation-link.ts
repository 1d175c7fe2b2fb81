import { FichaError } from '../../domain/record/error.ts';
import type { KeyRing } from '../../platform/keys.ts';

/** The yes that a link confirms. Opaque ids and the text that was shown; sealed all the same. */
export interface Confirmation {
  readonly clientId: string;
  readonly purpose: string;
  readonly channel: string;
  readonly textVersion?: string;
  readonly language?: string;
  /** ISO 8601 UTC. */
  readonly until: string;
}

/** How long a yes can be confirmed. */
export const confirmationDays = 14;

const context = 'confirmation-link';

/** The token of a link by which the person confirms a yes: it can be neither read nor made by others. */
export const sealConfirmation = (
  keys: KeyRing,
  { clientId, purpose, channel, textVersion, language, until }: Confirmation,
): string =>
  keys
    .encrypt(Buffer.from(JSON.stringify({ clientId, purpose, channel, textVersion, language, until })), context)
    .toString('base64url');

/** @throws FichaError `link-unknown` (not ours, cut, changed), `link-expired` */
export function openConfirmation(keys: KeyRing, token: string, now: Date): Confirmation {
  let link: Confirmation;
  try {
    link = JSON.parse(keys.decrypt(Buffer.from(token, 'base64url'), context).toString('utf8')) as Confirmation; // sealed by `sealConfirmation`
  } catch (cause) {
    throw new FichaError('link-unknown', 'this link is not one of ours, or a part of it is missing', { cause });
  }
  if (link.until < now.toISOString()) throw new FichaError('link-expired', 'this link has expired');
  return link;
}
