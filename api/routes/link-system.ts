import type { Hono } from 'hono';
import { FichaError } from '../../domain/record/error.ts';
import type { LinkSystem } from '../../schemas/types.ts';
import { appendAudit } from '../../store/write/audit.ts';
import { saveLinkedSystem } from '../../store/write/linked-systems.ts';
import { bodyOf, type CommandDeps, type CommandEnv, demand } from '../context.ts';

/** PUT /v1/systems: links one external system or changes its settings; 200 with its id. Secrets are references, never values. */
export function linkSystemRoute(app: Hono<CommandEnv>, { db, connectors, linkedSystemChanged, now }: CommandDeps): void {
  app.put('/v1/systems', async (c) => {
    const { subject } = demand(c, 'link-system');
    const system = await bodyOf<LinkSystem>(c, 'link-system');
    if (!connectors.includes(system.connector)) {
      throw new FichaError('unknown-connector', `there is no connector of this name; there are: ${connectors.join(', ')}`);
    }
    await db.transaction(async (tx) => {
      await saveLinkedSystem(tx, system);
      await appendAudit(tx, {
        actor: subject,
        action: 'system-linked',
        subject: system.id,
        facts: { connector: system.connector },
        at: now(),
      });
    });
    await linkedSystemChanged(system.id);
    return c.json({ id: system.id });
  });
}
