import type { Hono } from 'hono';
import { contactDecision } from '../../domain/consent/contact-decision.ts';
import { normaliseEmail } from '../../domain/record/normalise/email.ts';
import { normalisePhone } from '../../domain/record/normalise/phone.ts';
import type { AskContactable } from '../../schemas/types.ts';
import { currentClientIds } from '../../store/read/clients.ts';
import { type Address, recipientsOf } from '../../store/read/contactable.ts';
import { bodyOf, type CommandDeps, type CommandEnv, demand } from '../context.ts';

type Asked = AskContactable['recipients'][number];

const addressOf = (channel: AskContactable['channel'], { address, country }: Asked): Address | undefined => {
  const kind = channel === 'email' ? 'email' : 'phone';
  const value = kind === 'email' ? normaliseEmail(address)?.value : normalisePhone(address, country)?.value;
  return value === undefined ? undefined : { kind, value };
};

/**
 * POST /v1/contactable: which of up to 10,000 recipients may be written to now for one purpose on one channel, each with its reason, in
 * the order asked. Ask it right before sending, and send to the allowed only.
 */
export function askContactableRoute(app: Hono<CommandEnv>, { db, keys }: CommandDeps): void {
  app.post('/v1/contactable', async (c) => {
    demand(c, 'ask-contactable');
    const { recipients, purpose, channel, consent = 'needed' } = await bodyOf<AskContactable>(c, 'ask-contactable');
    const addresses = recipients.map((recipient) => addressOf(channel, recipient));
    const known = await recipientsOf(
      db,
      keys,
      addresses.flatMap((address) => address ?? []),
    );
    const clientIds = await currentClientIds(
      db,
      recipients.flatMap(({ clientId }) => clientId ?? []),
    );
    const found = known.values();
    const answers = recipients.map(({ clientId }, place) => {
      const recipient = addresses[place] && found.next().value;
      if (!recipient) return { allowed: false, reason: 'no-address' };
      const meantFor = clientId === undefined ? {} : { meantFor: clientIds.get(clientId) ?? clientId };
      return contactDecision({ ...recipient, ...meantFor }, { purpose, channel, consent });
    });
    return c.json({ purpose, channel, allowed: answers.filter(({ allowed }) => allowed).length, answers });
  });
}
