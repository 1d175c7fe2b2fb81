import type { Hono } from 'hono';
import { readPackage } from '../../store/read/privacy-requests.ts';
import { appendAudit } from '../../store/write/audit.ts';
import { type CommandDeps, type CommandEnv, demand } from '../context.ts';

/** GET /v1/requests/:id/package: the portability package of one closed request, decrypted for the DPO; the read is audited first. */
export function readPackageRoute(app: Hono<CommandEnv>, { db, keys, now }: CommandDeps): void {
  app.get('/v1/requests/:id/package', async (c) => {
    const { subject } = demand(c, 'read-package');
    const requestId = c.req.param('id');
    const text = await db.transaction(async (tx) => {
      const found = await readPackage(tx, keys, requestId);
      await appendAudit(tx, { actor: subject, action: 'package-read', subject: requestId, facts: {}, at: now() });
      return found;
    });
    return c.body(text, 200, {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'content-disposition': 'attachment; filename="package.json"',
    });
  });
}
