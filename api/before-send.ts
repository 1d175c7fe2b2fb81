import { type Contact, contactDecision, type ContactReason } from '../domain/consent/contact-decision.ts';
import { consentPolicy as shipped } from '../domain/consent/consent-policy.ts';
import type { AskContactable } from '../schemas/types.ts';
import { currentClientIds } from '../store/read/clients.ts';
import { recipientsOf } from '../store/read/contactable.ts';
import { addressOf } from './address-of.ts';
import type { CommandDeps } from './context.ts';

type Asked = AskContactable['recipients'][number];

/** May this recipient be written to now, and why (not). */
export interface SendAnswer {
  readonly allowed: boolean;
  readonly reason: ContactReason | 'no-address';
}

/**
 * The one gate before every send: an answer for each recipient, in the order asked, from what the ledger holds now.
 * @param recipients 1..10,000
 */
export async function askBeforeSend(
  { db, keys, consentPolicy = shipped }: Pick<CommandDeps, 'db' | 'keys' | 'consentPolicy'>,
  recipients: readonly Asked[],
  contact: Contact & Pick<AskContactable, 'channel'>,
): Promise<readonly SendAnswer[]> {
  const addresses = recipients.map((recipient) => addressOf(contact.channel, recipient));
  const known = await recipientsOf(
    db,
    keys,
    addresses.flatMap((address) => address ?? []),
    consentPolicy.caps.filter((cap) => cap.channel === contact.channel),
  );
  const clientIds = await currentClientIds(
    db,
    recipients.flatMap(({ clientId }) => clientId ?? []),
  );
  const found = known.values();
  return recipients.map(({ clientId }, place) => {
    const recipient = addresses[place] && found.next().value;
    if (!recipient) return { allowed: false, reason: 'no-address' };
    const meantFor = clientId === undefined ? {} : { meantFor: clientIds.get(clientId) ?? clientId };
    return contactDecision({ ...recipient, ...meantFor }, contact);
  });
}
