import type { Hono } from 'hono';
import { mayRead } from '../../domain/access/role.ts';
import { shownFields } from '../../domain/access/shown-fields.ts';
import { FichaError } from '../../domain/record/error.ts';
import type { LinkSystem } from '../../schemas/types.ts';
import { linkedSystemById } from '../../store/read/linked-systems.ts';
import { ratePauseOf, rateUseOf } from '../../store/read/rate-use.ts';
import { appendAudit } from '../../store/write/audit.ts';
import { bodyOf, type CommandDeps, type CommandEnv, demand, type Orderer } from '../context.ts';

/**
 * POST /v1/system-previews: the first page of each stream of a system that is not linked yet: how many records, which fields they fill,
 * what would be kept aside and why, and up to three examples of people and companies; nothing is kept, the look is audited. POST
 * /v1/systems/:id/preview: the same of one that is linked, as its connector and settings are now. GET /v1/systems/:id/limits: how much of the vendor's rate limits all workers use now, and until when the vendor asked to be left alone.
 */
export function lookAtSystemRoutes(app: Hono<CommandEnv>, deps: CommandDeps): void {
  const { db, now, previewSystem, limitsOf } = deps;
  const linked = async (id: string) => {
    const system = await linkedSystemById(db, id);
    if (system) return system;
    throw new FichaError('unknown-system', 'no linked system has this id; `ficha system list` shows those there are');
  };
  const look = async (orderer: Orderer, system: Pick<LinkSystem, 'id' | 'connector' | 'config'>) => {
    await appendAudit(db, {
      actor: orderer.subject,
      action: 'system-previewed',
      subject: system.id,
      facts: { connector: system.connector },
      at: now(),
    });
    const { streams } = await previewSystem(system);
    return streams.map((stream) => ({
      ...stream,
      examples: stream.examples.map((canonical) => shownFields(orderer, canonical)),
    }));
  };
  app.post('/v1/system-previews', async (c) => {
    const orderer = demand(c, 'link-system');
    const streams = await look(orderer, await bodyOf<LinkSystem>(c, 'link-system'));
    return c.json({ streams }, 200, { 'cache-control': 'no-store' });
  });
  app.post('/v1/systems/:id/preview', async (c) => {
    const streams = await look(demand(c, 'link-system'), await linked(c.req.param('id')));
    return c.json({ streams }, 200, { 'cache-control': 'no-store' });
  });
  app.get('/v1/systems/:id/limits', async (c) => {
    if (!mayRead(c.get('orderer').roles, 'linked-systems'))
      throw new FichaError('not-allowed', 'your role may not see linked systems');
    const system = await linked(c.req.param('id'));
    const rules = limitsOf(system);
    const use = new Map((await rateUseOf(db, system.id, rules)).map(({ rule, used }) => [rule, used]));
    const limits = rules.map(({ name, most, windowMs }) => ({
      name,
      most,
      windowMs: windowMs ?? null,
      used: use.get(name) ?? 0,
    }));
    return c.json({ limits, pausedUntil: await ratePauseOf(db, system.id) });
  });
}
