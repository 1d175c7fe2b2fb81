import type { Hono } from 'hono';
import { stream } from 'hono/streaming';
import { signedAuditExport } from '../../store/read/audit-heads.ts';
import { appendAudit } from '../../store/write/audit.ts';
import { type CommandDeps, type CommandEnv, demand } from '../context.ts';

/**
 * GET /v1/audit: the whole audit log, one entry or signed head a line (application/x-ndjson). That somebody took it is the last entry
 * in it.
 */
export function exportAuditRoute(app: Hono<CommandEnv>, { db, keys, now }: CommandDeps): void {
  app.get('/v1/audit', async (c) => {
    const { subject } = demand(c, 'read-audit');
    await db.transaction((tx) => appendAudit(tx, { actor: subject, action: 'audit.export', at: now() }));
    c.header('content-type', 'application/x-ndjson');
    c.header('cache-control', 'no-store');
    return stream(c, async (out) => {
      for await (const line of signedAuditExport(db, keys, now())) await out.write(line);
    });
  });
}
