import type { Hono } from 'hono';
import type { NoteContacts } from '../../schemas/types.ts';
import { noteContacts } from '../../store/write/contacts-made.ts';
import { addressOf } from '../address-of.ts';
import { bodyOf, type CommandDeps, type CommandEnv, demand } from '../context.ts';

/**
 * POST /v1/contacts: messages that were sent, up to 10,000 at once, so that the gate can hold back who was written to too often. Send it
 * after a send, once; only keyed hashes and days are kept.
 */
export function noteContactsRoute(app: Hono<CommandEnv>, { db, keys, now }: CommandDeps): void {
  app.post('/v1/contacts', async (c) => {
    demand(c, 'note-contacts');
    const { channel, at, recipients } = await bodyOf<NoteContacts>(c, 'note-contacts');
    const addresses = recipients.flatMap((recipient) => addressOf(channel, recipient) ?? []);
    await noteContacts(db, keys, { addresses, channel, at: at === undefined ? now() : new Date(at) });
    return c.json({ noted: addresses.length, unreadable: recipients.length - addresses.length }, 202);
  });
}
