import type { Hono } from 'hono';
import type { DelistExclusions, ListExclusions } from '../../schemas/types.ts';
import { appendAudit } from '../../store/write/audit.ts';
import { delistIdentifiers, listIdentifiers } from '../../store/write/suppression-list.ts';
import { addressOf } from '../address-of.ts';
import { bodyOf, type CommandDeps, type CommandEnv, demand } from '../context.ts';
import { passConsentOn } from '../pass-consent-on.ts';

/**
 * POST /v1/exclusions: puts up to 10,000 addresses and numbers on the suppression list and passes that on to every linked system of the
 * clients who carry them; 202. What is no address is named by its place in the list and left out. The same list again changes nothing.
 * POST /v1/exclusions/delist: takes them off for one reason, audited.
 */
export function listExclusionsRoute(app: Hono<CommandEnv>, deps: CommandDeps): void {
  const { db, keys, now } = deps;
  app.post('/v1/exclusions', async (c) => {
    const { subject } = demand(c, 'list-exclusions');
    const { reason, purpose = '*', channel = 'any', since, identifiers } = await bodyOf<ListExclusions>(c, 'list-exclusions');
    const at = since === undefined ? now() : new Date(since);
    const read = identifiers.map((one) => addressOf(channel, one));
    const lines = read.flatMap((one) => (one === undefined ? [] : [{ ...one, purpose, channel, reason, since: at }]));
    const listed = await db.transaction(async (tx) => {
      const count = await listIdentifiers(tx, keys, lines);
      if (count > 0) {
        const facts = { reason, purpose, channel, listed: count };
        await appendAudit(tx, { actor: subject, action: 'suppression-list.add', subject: null, facts, at: now() });
      }
      return count;
    });
    const unreadable = read.flatMap((one, place) => (one === undefined ? [place] : []));
    const passedOn = listed > 0 ? await passConsentOn(deps) : 'nothing-new';
    return c.json({ listed, known: lines.length - listed, unreadable, passedOn }, 202);
  });
  app.post('/v1/exclusions/delist', async (c) => {
    const { subject } = demand(c, 'delist-exclusions');
    const { reason, because, reference = null, identifiers } = await bodyOf<DelistExclusions>(c, 'delist-exclusions');
    const read = identifiers.map((one) => addressOf('any', one));
    const delisted = await db.transaction(async (tx) => {
      const count = await delistIdentifiers(
        tx,
        keys,
        reason,
        read.flatMap((one) => one ?? []),
      );
      if (count > 0) {
        const facts = { reason, because, reference, delisted: count };
        await appendAudit(tx, { actor: subject, action: 'suppression-list.remove', subject: null, facts, at: now() });
      }
      return count;
    });
    const unreadable = read.flatMap((one, place) => (one === undefined ? [place] : []));
    return c.json({ delisted, unreadable, passedOn: delisted > 0 ? await passConsentOn(deps) : 'nothing-new' }, 202);
  });
}
