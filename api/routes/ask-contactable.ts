import type { Hono } from 'hono';
import { needsConsent, consentPolicy as shipped } from '../../domain/consent/consent-policy.ts';
import type { AskContactable } from '../../schemas/types.ts';
import { askBeforeSend } from '../before-send.ts';
import { bodyOf, type CommandDeps, type CommandEnv, demand } from '../context.ts';

/**
 * POST /v1/contactable: which of up to 10,000 recipients may be written to now for one purpose on one channel, each with its reason, in
 * the order asked. Ask it right before sending, and send to the allowed only.
 */
export function askContactableRoute(app: Hono<CommandEnv>, deps: CommandDeps): void {
  const { consentPolicy = shipped } = deps;
  app.post('/v1/contactable', async (c) => {
    demand(c, 'ask-contactable');
    const asked = await bodyOf<AskContactable>(c, 'ask-contactable');
    const { recipients, purpose, channel } = asked;
    const consent = asked.consent ?? (needsConsent(consentPolicy, purpose) ? 'needed' : 'not-needed');
    const answers = await askBeforeSend(deps, recipients, { purpose, channel, consent });
    return c.json({ purpose, channel, allowed: answers.filter(({ allowed }) => allowed).length, answers });
  });
}
