import type { ReadWebhook } from '../api/context.ts';
import type { Connector, LinkedSystem } from '../connectors/kit/contract.ts';
import { FichaError } from '../domain/record/error.ts';
import type { Database } from '../store/database.ts';
import { linkedSystemById } from '../store/read/linked-systems.ts';
import { openLinked } from './connector-tools.ts';

interface Opened {
  readonly settings: string;
  /** `performance.now` when its secrets were read. */
  readonly at: number;
  readonly system: LinkedSystem;
}

/** So long a secret that was changed where it lies is not noticed. */
const secretsMs = 30_000;

/**
 * Reads webhooks with the connectors of the linked systems. A system stays open between webhooks for a while and is opened again once its
 * settings change.
 * @param publicUrl what vendors were given, where some sign the whole address; the request's own origin when left out
 */
export function webhookReader(
  db: Database,
  connectors: ReadonlyMap<string, Connector>,
  now: () => Date,
  publicUrl: string | undefined,
): (systemId: string, request: Request) => Promise<ReadWebhook> {
  const open = new Map<string, Opened>();
  const opening = new Map<string, Promise<LinkedSystem>>();
  const opened = async (systemId: string): Promise<LinkedSystem> => {
    const found = await linkedSystemById(db, systemId);
    if (found === undefined || found.state === 'removed') {
      throw new FichaError('unknown-system', 'no linked system has this id; `ficha system list` shows those there are');
    }
    const settings = JSON.stringify([found.connector, found.config]);
    const known = open.get(systemId);
    if (known?.settings === settings && performance.now() - known.at < secretsMs) return known.system;
    const system = await openLinked(connectors, found, now);
    open.set(systemId, { settings, at: performance.now(), system });
    await known?.system.close();
    return system;
  };
  /** Webhooks that come together ask for their system once. */
  const systemOf = (systemId: string): Promise<LinkedSystem> => {
    const asked = opening.get(systemId) ?? opened(systemId).finally(() => opening.delete(systemId));
    opening.set(systemId, asked);
    return asked;
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
