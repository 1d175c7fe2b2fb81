import type { Hono } from 'hono';
import { openWith } from '../../platform/subject-key.ts';
import { mentionsOf } from '../../store/read/privacy-mentions.ts';
import { requiredRequest } from '../../store/read/privacy-requests.ts';
import { subjectKeyOf } from '../../store/read/subject-keys.ts';
import { appendAudit } from '../../store/write/audit.ts';
import { type CommandDeps, type CommandEnv, demand } from '../context.ts';

/** GET /v1/requests/:id/mentions: the places in other people's texts with the words around them, for the reviewer; audited first. */
export function readMentionsRoute(app: Hono<CommandEnv>, { db, keys, now }: CommandDeps): void {
  app.get('/v1/requests/:id/mentions', async (c) => {
    const { subject: actor } = demand(c, 'read-package');
    const requestId = c.req.param('id');
    const mentions = await db.transaction(async (tx) => {
      const { closedAt } = await requiredRequest(tx, requestId);
      const rows = await mentionsOf(tx, requestId);
      const key = closedAt === null && rows.length > 0 ? await subjectKeyOf(tx, keys, requestId) : undefined;
      await appendAudit(tx, { actor, action: 'mentions.read', subject: requestId, facts: { mentions: rows.length }, at: now() });
      return rows.map(({ id, field, how, answer, context, redactedAt }) => {
        const words = context === null || key === undefined ? null : openWith(key, context).toString('utf8');
        return { id, field, how, answer, redactedAt, context: words };
      });
    });
    return c.json({ mentions }, 200, { 'cache-control': 'no-store' });
  });
}
