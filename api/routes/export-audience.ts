import type { Hono } from 'hono';
import { needsConsent, consentPolicy as shipped } from '../../domain/consent/consent-policy.ts';
import { contactDecision } from '../../domain/consent/contact-decision.ts';
import type { ExportAudience } from '../../schemas/types.ts';
import { addressesAfter, recipientsOf } from '../../store/read/contactable.ts';
import { appendAudit } from '../../store/write/audit.ts';
import { bodyOf, type CommandDeps, type CommandEnv, demand } from '../context.ts';

const pageSize = 5_000;

/**
 * POST /v1/audiences: everybody who may be contacted now for one purpose on one channel, page by page (`next` is the `after` of the page
 * that follows; null at the end). The gate decides each address; who may not be contacted is only counted. Export right before sending.
 */
export function exportAudienceRoute(app: Hono<CommandEnv>, { db, keys, now, consentPolicy = shipped }: CommandDeps): void {
  app.post('/v1/audiences', async (c) => {
    const { subject } = demand(c, 'export-audience');
    const { purpose, channel, after = '' } = await bodyOf<ExportAudience>(c, 'export-audience');
    const addresses = await addressesAfter(db, channel === 'email' ? 'email' : 'phone', after, pageSize);
    const caps = consentPolicy.caps.filter((cap) => cap.channel === channel);
    const recipients = await recipientsOf(db, keys, addresses, caps);
    const consent = needsConsent(consentPolicy, purpose) ? 'needed' : 'not-needed';
    const allowed = recipients.flatMap((recipient, place) => {
      const address = addresses[place];
      const may = address !== undefined && contactDecision(recipient, { purpose, channel, consent }).allowed;
      return may ? [{ address: address.value, clientIds: recipient.carriers.map(({ clientId }) => clientId) }] : [];
    });
    const facts = { purpose, channel, allowed: allowed.length };
    await appendAudit(db, { actor: subject, action: 'audience.export', subject: null, facts, at: now() });
    const next = addresses.length < pageSize ? null : (addresses.at(-1)?.value ?? null);
    return c.json({ allowed, leftOut: addresses.length - allowed.length, next });
  });
}
