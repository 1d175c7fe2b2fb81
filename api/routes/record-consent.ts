import type { Hono } from 'hono';
import type { RecordConsent } from '../../schemas/types.ts';
import { recordSaidConsent } from '../../store/write/said-consent.ts';
import { bodyOf, type CommandDeps, type CommandEnv, demand } from '../context.ts';
import { passConsentOn } from '../pass-consent-on.ts';

/** POST /v1/consents: what a client said on the telephone, in the shop or by letter; 202 once the ledger holds it. */
export function recordConsentRoute(app: Hono<CommandEnv>, deps: CommandDeps): void {
  const { db, keys, now } = deps;
  app.post('/v1/consents', async (c) => {
    const { subject } = demand(c, 'record-consent');
    const { at, ...said } = await bodyOf<RecordConsent>(c, 'record-consent');
    const receivedAt = now();
    const when = at === undefined ? receivedAt : new Date(at);
    const { isNew } = await db.transaction((tx) => recordSaidConsent(tx, keys, { ...said, at: when, receivedAt, by: subject }));
    return c.json({ clientId: said.clientId, recorded: isNew, passedOn: await passConsentOn(deps) }, 202);
  });
}
