import type { Hono } from 'hono';
import { FichaError } from '../../domain/record/error.ts';
import type { OpenRequest } from '../../schemas/types.ts';
import { clientById } from '../../store/read/clients.ts';
import { openRequest } from '../../store/write/privacy-openings.ts';
import { taskQueue, workflowIdOf } from '../../workflows/messages.ts';
import { bodyOf, type CommandDeps, type CommandEnv, demand } from '../context.ts';

/** POST /v1/requests: opens a privacy request and starts its workflow; 202 with its id and deadline. */
export function openRequestRoute(app: Hono<CommandEnv>, { db, keys, temporal, now }: CommandDeps): void {
  app.post('/v1/requests', async (c) => {
    const { subject } = demand(c, 'open-request');
    const { type, clientId, receivedAt, country } = await bodyOf<OpenRequest>(c, 'open-request');
    const client = await clientById(db, clientId);
    if (!client) throw new FichaError('unknown-client', 'no client has this id; `ficha client find` shows the id');
    const at = receivedAt ? new Date(receivedAt) : now();
    if (at > now()) throw new FichaError('bad-body', 'receivedAt: lies in the future; say when the person asked');
    const opened = await db.transaction((tx) =>
      openRequest(tx, keys, {
        type,
        clientId: client.id,
        openedBy: subject,
        at,
        country: country ?? client.country ?? undefined,
      }),
    );
    await temporal.workflow.start('runPrivacyRequest', {
      workflowId: workflowIdOf.request(opened.requestId),
      taskQueue,
      args: [{ requestId: opened.requestId }],
    });
    return c.json(opened, 202);
  });
}
