import type { Hono } from 'hono';
import { intakesToSettle, settleIntake } from '../../store/write/privacy-callers.ts';
import { type CommandDeps, type CommandEnv, demand } from '../context.ts';

/**
 * GET /v1/intakes: what came in by itself and waits: for the link in a mail, for another request of the person to end, or for you.
 * POST /v1/intakes/:id/settle: you have done what a shop that left asks for.
 */
export function intakeRoutes(app: Hono<CommandEnv>, { db, now }: CommandDeps): void {
  app.get('/v1/intakes', async (c) => {
    demand(c, 'decide-request');
    return c.json({ intakes: await intakesToSettle(db) });
  });
  app.post('/v1/intakes/:id/settle', async (c) => {
    const { subject: by } = demand(c, 'decide-request');
    const id = c.req.param('id');
    await db.transaction((tx) => settleIntake(tx, id, by, now()));
    return c.json({ id, settled: true }, 200);
  });
}
