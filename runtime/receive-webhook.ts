import type { ReadWebhook } from '../api/context.ts';
import type { Connector, LinkedSystem } from '../connectors/kit/contract.ts';
import { FichaError } from '../domain/record/error.ts';
import type { Database } from '../store/database.ts';
import { linkedSystemById } from '../store/read/linked-systems.ts';
import { openLinked } from './connector-tools.ts';

interface Opened {
  readonly settings: string;
  readonly system: LinkedSystem;
}

/**
 * Reads webhooks with the connectors of the linked systems. A system stays open between webhooks and is opened again once its settings
 * change.
 * @param publicUrl what vendors were given, where some sign the whole address; the request's own origin when left out
 */
export function webhookReader(
  db: Database,
  connectors: ReadonlyMap<string, Connector>,
  now: () => Date,
  publicUrl: string | undefined,
): (systemId: string, request: Request) => Promise<ReadWebhook> {
  const open = new Map<string, Opened>();
  const looking = new Map<string, ReturnType<typeof linkedSystemById>>();
  /** Webhooks that come together ask for their system once. */
  const lookUp = (systemId: string): ReturnType<typeof linkedSystemById> => {
    const asked = looking.get(systemId) ?? linkedSystemById(db, systemId).finally(() => looking.delete(systemId));
    looking.set(systemId, asked);
    return asked;
  };
  const systemOf = async (systemId: string): Promise<LinkedSystem> => {
    const found = await lookUp(systemId);
    if (found === undefined || found.state === 'removed') {
      throw new FichaError('unknown-system', 'no linked system has this id; `ficha system list` shows those there are');
    }
    const settings = JSON.stringify([found.connector, found.config]);
    const known = open.get(systemId);
    if (known?.settings === settings) return known.system;
    const system = openLinked(connectors, found, now);
    open.set(systemId, { settings, system });
    await known?.system.close();
    return system;
  };
  return async (systemId, request) => {
    const system = await systemOf(systemId);
    if (system.receive === undefined)
      return { result: 'refused', code: 'verb-unsupported', say: 'this system takes no webhook: it is pulled' };
    const { pathname, search, origin } = new URL(request.url);
    return await system.receive({
      method: request.method,
      url: `${publicUrl ?? origin}${pathname}${search}`,
      headers: Object.fromEntries(request.headers),
      body: new Uint8Array(await request.arrayBuffer()),
    });
  };
}
