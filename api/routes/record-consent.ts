import type { Hono } from 'hono';
import { assertSayable, consentPolicy as shipped, needsConfirmation, purposeOf } from '../../domain/consent/consent-policy.ts';
import type { RecordConsent } from '../../schemas/types.ts';
import { recordSaidConsent } from '../../store/write/said-consent.ts';
import { bodyOf, type CommandDeps, type CommandEnv, demand } from '../context.ts';
import { passConsentOn } from '../pass-consent-on.ts';
import { confirmationDays, sealConfirmation } from '../preferences/confirmation-link.ts';

/**
 * POST /v1/consents: what a client said on the telephone, in the shop or by letter; 202 once the ledger holds it. A yes whose purpose asks
 * for double opt-in is `pending`: send `confirmPath` to the client's own address, and it holds once they confirm there.
 */
export function recordConsentRoute(app: Hono<CommandEnv>, deps: CommandDeps): void {
  const { db, keys, now, consentPolicy = shipped } = deps;
  app.post('/v1/consents', async (c) => {
    const { subject } = demand(c, 'record-consent');
    const { at, ...said } = await bodyOf<RecordConsent>(c, 'record-consent');
    assertSayable(consentPolicy, said);
    const waits = needsConfirmation(consentPolicy, said);
    const receivedAt = now();
    const noted = {
      ...said,
      answer: waits ? ('pending' as const) : said.answer,
      legalBasis: purposeOf(consentPolicy, said.purpose)?.legalBasis ?? 'consent',
      at: at === undefined ? receivedAt : new Date(at),
      receivedAt,
      by: subject,
    };
    const { isNew } = await db.transaction((tx) => recordSaidConsent(tx, keys, noted));
    const until = new Date(receivedAt.getTime() + confirmationDays * 86_400_000).toISOString();
    const confirm = waits ? { confirmPath: `/c/${sealConfirmation(keys, { ...said, until })}`, confirmUntil: until } : {};
    return c.json({ clientId: said.clientId, recorded: isNew, passedOn: await passConsentOn(deps), ...confirm }, 202);
  });
}
