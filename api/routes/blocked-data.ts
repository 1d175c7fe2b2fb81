import type { Hono } from 'hono';
import type { AskRelease } from '../../schemas/types.ts';
import { agreeRelease, askRelease } from '../../store/write/privacy-blocked.ts';
import { bodyOf, type CommandDeps, type CommandEnv, demand } from '../context.ts';

/**
 * POST /v1/blocked-orders, /v1/blocked-orders/:id/agree: what an erasure left blocked is handed out to a court or an authority, by two
 * people, once per order. @see LOPDGDD art. 32(2)
 */
export function blockedDataRoutes(app: Hono<CommandEnv>, { db, keys, now }: CommandDeps): void {
  app.post('/v1/blocked-orders', async (c) => {
    const { subject: by, role } = demand(c, 'decide-request');
    const order = await bodyOf<AskRelease>(c, 'ask-release');
    return c.json(await db.transaction((tx) => askRelease(tx, { ...order, by, role, at: now() })), 201);
  });

  app.post('/v1/blocked-orders/:id/agree', async (c) => {
    const { subject: by, role } = demand(c, 'decide-request');
    const given = { releaseId: c.req.param('id'), by, role, at: now() };
    const records = await db.transaction((tx) => agreeRelease(tx, keys, given));
    return c.json({ records: records.map((text): unknown => JSON.parse(text)) }, 200, { 'cache-control': 'no-store' });
  });
}
