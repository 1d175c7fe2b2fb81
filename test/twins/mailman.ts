import { MailmanRest, unauthorized } from './mailman/rest.ts';
import { type MailmanSeed, MailmanStore } from './mailman/store.ts';
import { MailmanViews } from './mailman/views.ts';
import { twinMemory } from './twin-memory.ts';
import { serveTwin, type Twin } from './twin-server.ts';

export interface MailmanTwinOptions {
  readonly port?: number;
  /** Posting addresses of the lists; `news@example.test` when left out. */
  readonly lists?: readonly string[];
  readonly seed?: readonly MailmanSeed[];
  /** File that keeps what the twin holds; seeds are for its first start only. */
  readonly memory?: string;
}

export interface MailmanTwin extends Twin {
  readonly user: string;
  readonly password: string;
}

const admin = { user: 'restadmin', password: 'restpass' } as const;
const authorization = `Basic ${Buffer.from(`${admin.user}:${admin.password}`).toString('base64')}`;

/**
 * A stand-in of GNU Mailman 3.3.10 over its REST API 3.1, with the traps of the real one: no time on a membership, `entries` absent when
 * empty, 409 and 400 on a second or banned subscription, an unsubscription that leaves address and user behind, bans that outlive an erasure.
 */
export async function startMailmanTwin(options: MailmanTwinOptions = {}): Promise<MailmanTwin> {
  const store = new MailmanStore();
  const memory = twinMemory(options.memory, () => store.state());
  const kept = memory.recall();
  if (kept) store.resume(kept);
  else {
    for (const fqdn of options.lists ?? ['news@example.test']) store.addList(fqdn);
    store.seed(options.seed ?? []);
    memory.changed();
  }
  let baseUrl = '';
  const rest = new MailmanRest(new MailmanViews(store, () => baseUrl));
  const twin = await serveTwin({
    port: options.port,
    basePath: '/3.1',
    ledger: store.ledger,
    memory,
    dump: () => store.dump(),
    handle: (request) => (request.authorization === authorization ? rest.answer(request) : unauthorized),
  });
  baseUrl = twin.url;
  return { ...twin, ...admin };
}
