import { readFileSync } from 'node:fs';
import { failed, notFound, okay } from './request-tracker/answers.ts';
import type { RtSeed } from './request-tracker/records.ts';
import { type RtState, RtStore } from './request-tracker/store.ts';
import { RtTickets } from './request-tracker/tickets.ts';
import { RtUsers } from './request-tracker/users.ts';
import type { TwinAnswer } from './kit/twin.ts';
import { twinClock } from './kit/twin-clock.ts';
import type { VendorRequest } from './kit/twin-http.ts';
import { startVendorTwin, type VendorTwin } from './kit/vendor-twin.ts';

export interface RequestTrackerTwinOptions {
  readonly port?: number;
  readonly seed?: readonly RtSeed[];
  /** Custom fields applied to users; `DoNotContact` when left out. */
  readonly customFields?: readonly string[];
  /** File that keeps what the twin holds; seeds are for its first start only. */
  readonly memory?: string;
}

export interface RequestTrackerTwin extends VendorTwin<RtState> {
  /** An agent's hand on it. */
  readonly store: RtStore;
  readonly user: string;
  readonly password: string;
}

const admin = { user: 'root', password: 'password' } as const;
const authorization = `Basic ${Buffer.from(`${admin.user}:${admin.password}`).toString('base64')}`;

/**
 * A stand-in of Request Tracker 5.0.3 over REST2, with the traps of the real one: a search that drops conditions on fields it does not
 * search (LastUpdated and phones of users), 100 a page at most, references by name, PUT answers that echo old values, a DELETE that only
 * disables, and a history that keeps every old value.
 */
export async function startRequestTrackerTwin(options: RequestTrackerTwinOptions = {}): Promise<RequestTrackerTwin> {
  const clock = twinClock();
  const store = new RtStore(options.customFields ?? ['DoNotContact'], clock.now);
  let baseUrl = '';
  const users = new RtUsers(store, () => baseUrl);
  const tickets = new RtTickets(store, () => baseUrl);
  const answer = (request: VendorRequest): TwinAnswer => {
    const [head, ...rest] = request.path
      .split('/')
      .filter((part) => part !== '')
      .map(decodeURIComponent);
    if (head === 'rt') return okay({ Version: '5.0.3 (twin)', Plugins: [] });
    if (head === 'users') return users.search(request);
    if (head === 'user') return users.one(request, rest);
    if (head === 'tickets') return tickets.search(request);
    return head === 'ticket' ? tickets.one(request, rest) : notFound;
  };
  const twin = await startVendorTwin<RtState>({
    port: options.port,
    basePath: '/REST/2.0',
    spec: readFileSync(new URL('./request-tracker/spec.json', import.meta.url), 'utf8'),
    state: store.state,
    ledger: store.ledger,
    memory: options.memory,
    clock,
    seed: () => store.seed(options.seed ?? []),
    refuse: ({ headers }) => (headers['authorization'] === authorization ? undefined : failed(401, 'Unauthorized')),
    answer,
  });
  baseUrl = twin.url;
  return { ...twin, ...admin, store, dump: () => store.dump() };
}
