import type { Hono } from 'hono';
import { consentPolicy as shipped } from '../../domain/consent/consent-policy.ts';
import { consentReceipt } from '../../domain/consent/consent-receipt.ts';
import { FichaError } from '../../domain/record/error.ts';
import { heldOfPerson, provenEventsOf, toldOf } from '../../store/read/consent.ts';
import { appendAudit } from '../../store/write/audit.ts';
import { type CommandDeps, type CommandEnv, demand } from '../context.ts';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** @throws FichaError `unknown-client` where a path names no client by its id */
export const clientIn = (id: string): string => {
  if (!uuid.test(id)) throw new FichaError('unknown-client', 'no client has this id; `ficha client find` shows the id');
  return id;
};

/**
 * GET /v1/consent-receipts/:client: everything that the client said, with its proof, as an ISO/IEC TS 27560 receipt in DPV terms. GET
 * /v1/consent-told/:client: which linked system was told of it, when, and its answer (GDPR art. 19).
 */
export function readReceiptsRoute(app: Hono<CommandEnv>, { db, now, connectors, consentPolicy = shipped }: CommandDeps): void {
  app.get('/v1/consent-receipts/:client', async (c) => {
    const { subject } = demand(c, 'read-receipts');
    const clientId = clientIn(c.req.param('client'));
    const events = await provenEventsOf(db, clientId);
    const { systems, ...kinds } = await heldOfPerson(db, clientId);
    const known = connectors('en');
    const placed = systems.map(({ linkedSystemId, title, connector }) => {
      const about = known.find(({ name }) => name === connector);
      return { linkedSystemId, title, regions: about?.region ?? [], transferBasis: about?.transferBasis ?? null };
    });
    await appendAudit(db, { actor: subject, action: 'consent.receipt', subject: clientId, at: now() });
    return c.json(consentReceipt(consentPolicy, clientId, events, { ...kinds, systems: placed }, now().toISOString()));
  });
  app.get('/v1/consent-told/:client', async (c) => {
    demand(c, 'read-receipts');
    return c.json({ told: await toldOf(db, clientIn(c.req.param('client'))) });
  });
}
