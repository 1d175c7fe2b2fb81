import type { Hono } from 'hono';
import type { SettleConsentTask } from '../../schemas/types.ts';
import { openConsentTasks } from '../../store/read/consent-tasks.ts';
import { settleConsentTask } from '../../store/write/consent-tasks.ts';
import { bodyOf, type CommandDeps, type CommandEnv, demand } from '../context.ts';
import { passConsentOn } from '../pass-consent-on.ts';

/**
 * GET /v1/consent-tasks: systems that refuse, ignore or cannot take a no or a yes, and children who came of age, oldest first, at most 500.
 * POST /v1/consent-tasks: answers one of them; `look-again` tells the system once more and reads it back, `done` needs its evidence; 202.
 */
export function settleConsentTaskRoute(app: Hono<CommandEnv>, deps: CommandDeps): void {
  const { db, now } = deps;
  app.get('/v1/consent-tasks', async (c) => {
    demand(c, 'settle-consent-task');
    return c.json({ tasks: await openConsentTasks(db) });
  });
  app.post('/v1/consent-tasks', async (c) => {
    const { subject } = demand(c, 'settle-consent-task');
    const { taskId, answer, evidence } = await bodyOf<SettleConsentTask>(c, 'settle-consent-task');
    await db.transaction((tx) =>
      settleConsentTask(tx, { taskId, answer, by: subject, at: now(), ...(evidence === undefined ? {} : { evidence }) }),
    );
    return c.json({ taskId, answer, passedOn: answer === 'look-again' ? await passConsentOn(deps) : 'nothing-new' }, 202);
  });
}
