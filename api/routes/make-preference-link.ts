import type { Hono } from 'hono';
import type { MakePreferenceLink } from '../../schemas/types.ts';
import { clientById } from '../../store/read/clients.ts';
import { ownHashes } from '../../store/read/suppression.ts';
import { FichaError } from '../../domain/record/error.ts';
import { bodyOf, type CommandDeps, type CommandEnv, demand } from '../context.ts';
import { addressKind, sealPreferenceLink } from '../preferences/preference-link.ts';

const dayMs = 24 * 3_600_000;

/**
 * POST /v1/preference-links: the link of one client's preference page and the headers of a mail that one click unsubscribes from. Paths
 * are relative to where people reach Ficha.
 */
export function makePreferenceLinkRoute(app: Hono<CommandEnv>, { db, keys, now }: CommandDeps): void {
  app.post('/v1/preference-links', async (c) => {
    demand(c, 'make-preference-link');
    const asked = await bodyOf<MakePreferenceLink>(c, 'make-preference-link');
    const client = await clientById(db, asked.clientId);
    if (client === undefined) throw new FichaError('unknown-client', 'no client has this id; `ficha client find` finds clients');
    const { purpose = 'marketing', channel = 'email', days = 90 } = asked;
    const until = new Date(now().getTime() + days * dayMs).toISOString();
    const hashes = await ownHashes(db, keys, client.id, addressKind(channel));
    const token = sealPreferenceLink(keys, { clientId: client.id, purpose, channel, until, hashes });
    const origin = new URL(c.req.url).origin;
    return c.json(
      {
        page: `${origin}/p/${token}`,
        until,
        headers: { 'List-Unsubscribe': `<${origin}/u/${token}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' },
      },
      201,
    );
  });
}
