import { readFileSync } from 'node:fs';
import { MailmanRest, unauthorized } from './mailman/rest.ts';
import { type MailmanSeed, type MailmanState, MailmanStore } from './mailman/store.ts';
import { MailmanViews } from './mailman/views.ts';
import { twinClock } from './kit/twin-clock.ts';
import { startVendorTwin, type VendorTwin } from './kit/vendor-twin.ts';

export interface MailmanTwinOptions {
  readonly port?: number;
  /** Posting addresses of the lists; `news@example.test` when left out. */
  readonly lists?: readonly string[];
  readonly seed?: readonly MailmanSeed[];
  /** File that keeps what the twin holds; seeds are for its first start only. */
  readonly memory?: string;
}

export interface MailmanTwin extends VendorTwin<MailmanState> {
  /** An administrator's hand on it. */
  readonly store: MailmanStore;
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
  const clock = twinClock();
  const store = new MailmanStore(clock.now);
  let baseUrl = '';
  const rest = new MailmanRest(new MailmanViews(store, () => baseUrl));
  const twin = await startVendorTwin<MailmanState>({
    port: options.port,
    basePath: '/3.1',
    spec: readFileSync(new URL('./mailman/spec.json', import.meta.url), 'utf8'),
    state: store.state,
    ledger: store.ledger,
    memory: options.memory,
    clock,
    seed: () => {
      for (const fqdn of options.lists ?? ['news@example.test']) store.addList(fqdn);
      store.seed(options.seed ?? []);
    },
    refuse: ({ headers }) => (headers['authorization'] === authorization ? undefined : unauthorized),
    answer: (request) => rest.answer(request),
  });
  baseUrl = twin.url;
  return { ...twin, ...admin, store, dump: () => store.dump() };
}
