import { failed, notFound, okay } from './request-tracker/answers.ts';
import type { RtSeed } from './request-tracker/records.ts';
import { RtStore } from './request-tracker/store.ts';
import { RtTickets } from './request-tracker/tickets.ts';
import { RtUsers } from './request-tracker/users.ts';
import { twinMemory } from './twin-memory.ts';
import { serveTwin, type Twin, type TwinAnswer, type TwinRequest } from './twin-server.ts';

export interface RequestTrackerTwinOptions {
  readonly port?: number;
  readonly seed?: readonly RtSeed[];
  /** Custom fields applied to users; `DoNotContact` when left out. */
  readonly customFields?: readonly string[];
  /** File that keeps what the twin holds; seeds are for its first start only. */
  readonly memory?: string;
}

export interface RequestTrackerTwin extends Twin {
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
  const store = new RtStore(options.customFields ?? ['DoNotContact']);
  const memory = twinMemory(options.memory, () => store.state());
  const kept = memory.recall();
  if (kept) store.resume(kept);
  else {
    store.seed(options.seed ?? []);
    memory.changed();
  }
  let baseUrl = '';
  const users = new RtUsers(store, () => baseUrl);
  const tickets = new RtTickets(store, () => baseUrl);
  const answer = (request: TwinRequest): TwinAnswer => {
    const [head, ...rest] = request.path.split('/').filter((part) => part !== '');
    if (head === 'rt') return okay({ Version: '5.0.3 (twin)', Plugins: [] });
    if (head === 'users') return users.search(request);
    if (head === 'user') return users.one(request, rest);
    if (head === 'tickets') return tickets.search(request);
    return head === 'ticket' ? tickets.one(request, rest) : notFound;
  };
  const twin = await serveTwin({
    port: options.port,
    basePath: '/REST/2.0',
    ledger: store.ledger,
    memory,
    dump: () => store.dump(),
    handle: (request) => (request.authorization === authorization ? answer(request) : failed(401, 'Unauthorized')),
  });
  baseUrl = twin.url;
  return { ...twin, ...admin };
}
