import type { Hono } from 'hono';
import { keepWebhooks } from '../../store/write/webhook-events.ts';
import type { CommandDeps, CommandEnv } from '../context.ts';
import { keepTogether } from '../keep-together.ts';

const statusOf: Readonly<Record<string, 401 | 404 | 413>> = {
  'webhook-not-signed': 401,
  'webhook-too-old': 401,
  'webhook-too-large': 413,
  'verb-unsupported': 404,
};

/**
 * POST /v1/webhooks/:system: what a vendor tells Ficha by itself. Its signature is checked as the connector says, its events are kept,
 * then it is answered 202; the work comes after. GET answers 200: some vendors try the address before they take it. Register before the
 * routes that ask for a bearer token.
 */
export function receiveWebhookRoute(app: Hono<CommandEnv>, { db, keys, log, now, readWebhook }: CommandDeps): void {
  const keep = keepTogether((systemId, webhooks) => keepWebhooks(db, keys, systemId, webhooks));
  app.get('/v1/webhooks/:system', (c) => c.body(null, 200));
  app.post('/v1/webhooks/:system', async (c) => {
    const systemId = c.req.param('system');
    const received = await readWebhook(systemId, c.req.raw);
    if (received.result === 'refused') {
      log.warn({ systemId, code: received.code }, 'a webhook was refused');
      return c.json({ code: received.code, message: `${received.code}: ${received.say}` }, statusOf[received.code] ?? 400);
    }
    const { events, echoes, unknown } = received;
    const accepted = await keep(systemId, { events, receivedAt: now() });
    return c.json({ accepted, known: events.length - accepted, echoes, unknown }, 202);
  });
}
