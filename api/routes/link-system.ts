import type { Hono } from 'hono';
import { mayRead } from '../../domain/access/role.ts';
import { FichaError } from '../../domain/record/error.ts';
import type { LinkSystem } from '../../schemas/types.ts';
import { linkedSystemById } from '../../store/read/linked-systems.ts';
import { appendAudit } from '../../store/write/audit.ts';
import { saveLinkedSystem } from '../../store/write/linked-systems.ts';
import { bodyOf, type CommandDeps, type CommandEnv, demand, languageAsked } from '../context.ts';

function assertThere(all: CommandDeps['connectors'], name: string): void {
  const connectors = all('en');
  if (connectors.some((connector) => connector.name === name)) return;
  const names = connectors.map((connector) => connector.name).join(', ');
  throw new FichaError('unknown-connector', `there is no connector of this name; there are: ${names}`);
}

/**
 * GET /v1/connectors?language=it: what can be linked, with the settings that each asks for. POST /v1/system-checks: tries a system that is not linked
 * yet, and POST /v1/systems/:id/check one that is; neither writes anything. PUT /v1/systems: links one external system or changes its settings; 200 with its id. Secrets are
 * references, never values.
 */
export function linkSystemRoutes(app: Hono<CommandEnv>, deps: CommandDeps): void {
  const { db, connectors, linkedSystemChanged, checkSystem, now } = deps;
  app.get('/v1/connectors', (c) => {
    if (!mayRead(c.get('orderer').roles, 'linked-systems'))
      throw new FichaError('not-allowed', 'your role may not see connectors');
    return c.json({ connectors: connectors(languageAsked(c)) });
  });
  app.post('/v1/system-checks', async (c) => {
    demand(c, 'link-system');
    const system = await bodyOf<LinkSystem>(c, 'link-system');
    assertThere(connectors, system.connector);
    return c.json(await checkSystem(system));
  });
  app.post('/v1/systems/:id/check', async (c) => {
    demand(c, 'link-system');
    const system = await linkedSystemById(db, c.req.param('id'));
    if (!system)
      throw new FichaError('unknown-system', 'no linked system has this id; `ficha system list` shows those there are');
    return c.json(await checkSystem(system));
  });
  app.put('/v1/systems', async (c) => {
    const { subject } = demand(c, 'link-system');
    const system = await bodyOf<LinkSystem>(c, 'link-system');
    assertThere(connectors, system.connector);
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
