import type { Hono } from 'hono';
import type { SettleRetention } from '../../schemas/types.ts';
import { openRequest } from '../../store/write/privacy-openings.ts';
import { settleRetention } from '../../store/write/retention-proposals.ts';
import { retentionProposals } from '../../store/read/retention.ts';
import { privacyPolicy as shipped } from '../../domain/privacy/privacy-policy.ts';
import { bodyOf, type CommandDeps, type CommandEnv, demand } from '../context.ts';
import { startRequest } from '../start-request.ts';

/**
 * GET /v1/retention: people whose retention time is over, as proposed by the daily round, oldest first, at most 500. POST /v1/retention:
 * decides one of them; `erase` and `anonymise` open an erasure request, whose plan a DPO approves as any other, `keep` keeps them with the
 * reason.
 */
export function settleRetentionRoute(app: Hono<CommandEnv>, deps: CommandDeps): void {
  const { db, keys, now, privacyPolicy = shipped } = deps;
  app.get('/v1/retention', async (c) => {
    demand(c, 'settle-retention');
    return c.json({ proposals: await retentionProposals(db) });
  });
  app.post('/v1/retention', async (c) => {
    const { subject } = demand(c, 'settle-retention');
    const answer = await bodyOf<SettleRetention>(c, 'settle-retention');
    const at = now();
    const requestId = await db.transaction(async (tx) => {
      const { clientId } = await settleRetention(tx, { ...answer, by: subject, at });
      if (answer.answer === 'keep') return null;
      const anonymise = answer.answer === 'anonymise';
      const opened = await openRequest(tx, keys, { type: 'erasure', anonymise, clientId, openedBy: subject, at }, privacyPolicy);
      return opened.requestId;
    });
    const workflow = requestId === null ? null : await startRequest(deps, requestId);
    return c.json({ taskId: answer.taskId, answer: answer.answer, requestId, workflow }, 202);
  });
}
