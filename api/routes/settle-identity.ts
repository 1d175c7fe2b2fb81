import type { Hono } from 'hono';
import { FichaError } from '../../domain/record/error.ts';
import type { AnswerReview, LinkRecords, MergeClients, SplitClient, UndoDecision } from '../../schemas/types.ts';
import { type Effect, linkRecords, mergeClients, splitClient } from '../../store/write/client-decisions.ts';
import { undoIdentityDecision } from '../../store/write/identity-decisions.ts';
import { answerReview, decisionOfTask, takeUpAgain } from '../../store/write/review-answers.ts';
import { identityChangedSignal, taskQueue, workflowIdOf } from '../../workflows/messages.ts';
import { bodyOf, type CommandDeps, type CommandEnv, demand } from '../context.ts';

const daysUntilLater = 7;

/**
 * What people decide of clients: POST /v1/client-splits, /v1/client-merges, /v1/record-links, /v1/review-answers, and
 * /v1/identity-undos for each of them. The decision and its audit are one transaction; 202 once the resolution that carries it out is
 * on its way, 200 with what would happen when `dryRun` is asked for.
 */
export function settleIdentityRoutes(app: Hono<CommandEnv>, { db, now, temporal }: CommandDeps): void {
  const carryOut = async () =>
    await temporal.workflow.signalWithStart('settleIdentity', {
      workflowId: workflowIdOf.identity(),
      taskQueue,
      signal: identityChangedSignal,
    });
  const answer = async (effect: Effect, dryRun: boolean): Promise<readonly [object, 200 | 202]> => {
    if (dryRun) return [{ ...effect, dryRun }, 200];
    await carryOut();
    return [effect, 202];
  };

  app.post('/v1/client-splits', async (c) => {
    const { subject: by } = demand(c, 'settle-review');
    const { clientId, records, dryRun = false } = await bodyOf<SplitClient>(c, 'split-client');
    const effect = await db.transaction((tx) => splitClient(tx, { clientId, records, by, at: now(), dryRun }));
    return c.json(...(await answer(effect, dryRun)));
  });
  app.post('/v1/client-merges', async (c) => {
    const { subject: by } = demand(c, 'settle-review');
    const { clientIds, dryRun = false } = await bodyOf<MergeClients>(c, 'merge-clients');
    const effect = await db.transaction((tx) => mergeClients(tx, { clientIds, by, at: now(), dryRun }));
    return c.json(...(await answer(effect, dryRun)));
  });
  app.post('/v1/record-links', async (c) => {
    const { subject: by } = demand(c, 'settle-review');
    const order = await bodyOf<LinkRecords>(c, 'link-records');
    const decisionId = await db.transaction((tx) => linkRecords(tx, { ...order, by, at: now() }));
    return c.json(...(await answer({ decisionId, parts: [] }, false)));
  });
  app.post('/v1/review-answers', async (c) => {
    const { subject: by } = demand(c, 'settle-review');
    const { dryRun = false, laterDays = daysUntilLater, ...order } = await bodyOf<AnswerReview>(c, 'answer-review');
    const effect = await db.transaction((tx) => answerReview(tx, { ...order, laterDays, by, at: now(), dryRun }));
    return c.json(...(await answer(effect, dryRun)));
  });
  app.post('/v1/identity-undos', async (c) => {
    const { subject: by } = demand(c, 'settle-review');
    const order = await bodyOf<UndoDecision>(c, 'undo-decision');
    const decisionId = await db.transaction(async (tx) => {
      const id = order.decisionId ?? (await decisionOfTask(tx, order.taskId ?? ''));
      if (id === undefined && (await takeUpAgain(tx, { taskId: order.taskId ?? '', by, at: now() }))) return null;
      if (id === undefined)
        throw new FichaError('unknown-decision', 'this review has no answer that stands; nothing to take back');
      await undoIdentityDecision(tx, { decisionId: id, by, at: now() });
      return id;
    });
    return c.json(...(await answer({ decisionId, parts: [] }, false)));
  });
}
