import type { Hono } from 'hono';
import { settlePrivacyTask } from '../../store/write/privacy-questions.ts';
import type { SettlePrivacyTask } from '../../schemas/types.ts';
import { lookAgainSignal, workflowIdOf } from '../../workflows/messages.ts';
import { bodyOf, type CommandDeps, type CommandEnv, demand } from '../context.ts';

/**
 * POST /v1/privacy-tasks: a person's answer to what stopped a privacy request; 202 once the answer is kept and the request told to
 * look again. The same answer again tells the request again.
 */
export function settlePrivacyTaskRoute(app: Hono<CommandEnv>, { db, keys, now, temporal }: CommandDeps): void {
  app.post('/v1/privacy-tasks', async (c) => {
    const { subject } = demand(c, 'settle-privacy-task');
    const { taskId, answer, proof } = await bodyOf<SettlePrivacyTask>(c, 'settle-privacy-task');
    const file =
      proof === undefined ? {} : { proof: { mediaType: proof.mediaType, bytes: Buffer.from(proof.content, 'base64') } };
    const { requestId } = await db.transaction((tx) =>
      settlePrivacyTask(tx, { taskId, answer, by: subject, at: now(), ...file }, keys),
    );
    if (answer !== 'seen') await temporal.workflow.getHandle(workflowIdOf.request(requestId)).signal(lookAgainSignal);
    return c.json({ taskId, requestId, answer }, 202);
  });
}
