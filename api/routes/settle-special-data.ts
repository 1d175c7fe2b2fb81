import type { Hono } from 'hono';
import type { SettleSpecialData } from '../../schemas/types.ts';
import { specialDataRows } from '../../store/read/special-data.ts';
import { answerSpecial } from '../../store/write/special-data.ts';
import { bodyOf, type CommandDeps, type CommandEnv, demand } from '../context.ts';

/**
 * GET /v1/special-data: values of special categories (GDPR art. 9), those that are kept aside first, with where they lie and why they may
 * be held; no value is in it. POST /v1/special-data: the DPO's word on one that is kept aside: `release` under a recorded basis, or `drop`.
 */
export function settleSpecialDataRoute(app: Hono<CommandEnv>, { db, keys, now }: CommandDeps): void {
  app.get('/v1/special-data', async (c) => {
    demand(c, 'settle-special-data');
    return c.json({ values: await specialDataRows(db) });
  });
  app.post('/v1/special-data', async (c) => {
    const { subject: by } = demand(c, 'settle-special-data');
    const { id, answer, basis } = await bodyOf<SettleSpecialData>(c, 'settle-special-data');
    const given = { id, answer, ...(basis === undefined ? {} : { basis }), by, at: now() };
    await db.transaction((tx) => answerSpecial(tx, keys, given));
    return c.json({ id, answer }, 200);
  });
}
