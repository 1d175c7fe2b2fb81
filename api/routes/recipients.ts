import type { Hono } from 'hono';
import { FichaError } from '../../domain/record/error.ts';
import type { NoteRecipient } from '../../schemas/types.ts';
import { recipientsOfClient } from '../../store/read/recipients.ts';
import { noteRecipient } from '../../store/write/noted-recipients.ts';
import { bodyOf, type CommandDeps, type CommandEnv, demand } from '../context.ts';
import { clientIn } from './read-receipts.ts';

/**
 * POST /v1/recipients: another controller was given data of a client outside Ficha, or that note was a mistake. GET
 * /v1/recipients/:client: to whom data of this client was given, by a package or as noted (GDPR art. 19).
 */
export function recipientRoutes(app: Hono<CommandEnv>, { db, now }: CommandDeps): void {
  app.post('/v1/recipients', async (c) => {
    const { subject: by } = demand(c, 'decide-request');
    const { clientId, place, title = place, givenAt, mistaken = false } = await bodyOf<NoteRecipient>(c, 'note-recipient');
    const at = now();
    const given = givenAt === undefined ? at : new Date(givenAt);
    if (given > at) throw new FichaError('bad-body', 'givenAt: lies in the future; say when the data was given');
    const recipients = await db.transaction(async (tx) => {
      await noteRecipient(tx, { clientId, place, title, givenAt: given, mistaken, by, at });
      return await recipientsOfClient(tx, clientId);
    });
    return c.json({ clientId, recipients }, 200);
  });
  app.get('/v1/recipients/:client', async (c) => {
    demand(c, 'decide-request');
    return c.json({ recipients: await recipientsOfClient(db, clientIn(c.req.param('client'))) });
  });
}
