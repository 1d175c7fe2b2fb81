import type { Hono } from 'hono';
import { stream } from 'hono/streaming';
import { exportReader } from '../../domain/privacy/audit-export.ts';
import type { AuditEntry, AuditHead } from '../../schemas/types.ts';
import { signedAuditExport } from '../../store/read/audit-heads.ts';
import { appendAudit } from '../../store/write/audit.ts';
import { type CommandDeps, type CommandEnv, demand } from '../context.ts';

/**
 * POST /v1/audit-checks: reads the whole chain with its signed heads and says at which entry it stops being what was written. GET
 * /v1/audit: the whole audit log, one entry or signed head a line (application/x-ndjson). That somebody took it is the last entry
 * in it.
 */
export function auditRoutes(app: Hono<CommandEnv>, { db, keys, now }: CommandDeps): void {
  app.post('/v1/audit-checks', async (c) => {
    demand(c, 'read-audit');
    const reader = exportReader();
    for await (const line of signedAuditExport(db, keys, now())) {
      const value = JSON.parse(line) as AuditEntry | AuditHead; // written by signedAuditExport
      if (reader.take('head' in value ? { kind: 'head', head: value } : { kind: 'entry', entry: value }) !== null) break;
    }
    const { entries, fault } = reader.reading();
    return c.json({
      entries,
      holds: fault === null,
      faults: fault === null ? [] : [{ seq: `${fault.seq ?? ''}`, code: fault.say }],
    });
  });
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
