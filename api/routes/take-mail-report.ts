import type { Hono } from 'hono';
import { readMailReport } from '../../domain/consent/mail-report.ts';
import { appendAudit } from '../../store/write/audit.ts';
import { listIdentifiers } from '../../store/write/suppression-list.ts';
import { addressOf } from '../address-of.ts';
import { type CommandDeps, type CommandEnv, demand } from '../context.ts';
import { passConsentOn } from '../pass-consent-on.ts';

/**
 * POST /v1/mail-reports: one message as it came to the bounce or feedback mailbox (message/rfc822). Bounces of addresses that do not work
 * (RFC 3464), complaints and opt-outs (RFC 5965) go on the suppression list and to every linked system; 202. What is no report counts 0.
 */
export function takeMailReportRoute(app: Hono<CommandEnv>, deps: CommandDeps): void {
  const { db, keys, now } = deps;
  app.post('/v1/mail-reports', async (c) => {
    const { subject } = demand(c, 'list-exclusions');
    const at = now();
    const lines = readMailReport(await c.req.text()).flatMap(({ address, reason }) => {
      const read = addressOf('email', { address });
      return read === undefined ? [] : [{ ...read, purpose: '*', channel: 'email', reason, since: at }];
    });
    const listed = await db.transaction(async (tx) => {
      const count = await listIdentifiers(tx, keys, lines);
      if (count > 0)
        await appendAudit(tx, {
          actor: subject,
          action: 'suppression-list.add',
          subject: null,
          facts: { reason: 'mail-report', listed: count },
          at,
        });
      return count;
    });
    return c.json({ found: lines.length, listed, passedOn: listed > 0 ? await passConsentOn(deps) : 'nothing-new' }, 202);
  });
}
