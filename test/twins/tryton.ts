import type { ErpSeed } from './sample-seeds.ts';
import { TrytonRpc } from './tryton/rpc.ts';
import { trytonRules } from './tryton/rules.ts';
import { type SeededParty, seedTryton } from './tryton/seed.ts';
import { TrytonStore } from './tryton/store.ts';
import { twinMemory } from './twin-memory.ts';
import { serveTwin, type Twin } from './twin-server.ts';
import type { TrytonCall } from './tryton/wire.ts';

export interface TrytonTwinOptions {
  readonly port?: number;
  readonly records?: readonly ErpSeed[];
  readonly now?: () => Date;
  /** File that keeps what the twin holds; records are for its first start only. */
  readonly memory?: string;
}

export interface TrytonTwin extends Twin {
  readonly database: string;
  readonly user: string;
  readonly password: string;
  /** Empty when the twin was resumed. */
  readonly seeded: readonly SeededParty[];
  /** Ends every session, as a restart or the timeout of the server does. */
  expireSessions(): void;
  signIns(): number;
  /** Texts that lie in what the twin holds, case aside: the same question as to the storage of the real server. */
  rawStorageSearch(needles: readonly string[]): Promise<readonly { readonly needle: string; readonly where: string }[]>;
}

const account = { database: 'tryton', user: 'admin', password: 'admin-pw-123' } as const;

/** The company, currency, countries and accounts of a Tryton that is set up. */
function setUp(store: TrytonStore): void {
  const currency = store.create('currency.currency', { name: 'Euro', code: 'EUR', symbol: '€', digits: 2 });
  for (const [code, name] of Object.entries({ ES: 'Spain', FR: 'France', IT: 'Italy' }))
    store.create('country.country', { code, name });
  for (const code of ['en', 'es', 'fr', 'it']) store.create('ir.lang', { code });
  store.create('account.journal', { name: 'Revenue', type: 'revenue' });
  const party = store.create('party.party', { name: 'Comercial Ficha SA' });
  store.create('company.company', { party, currency });
  for (const kind of ['receivable', 'revenue'])
    store.create('account.account', { name: `Main ${kind === 'receivable' ? 'Receivable' : 'Revenue'}`, kind });
}

/**
 * A stand-in of Tryton 7.0 over JSON-RPC, with the traps of the real one: `write_date` null until the first write, children that do not
 * touch their party, refusals with HTTP 200, HTML for what is forbidden, sessions that expire, and an erase wizard that leaves
 * `value_compact`, `party_name` and marketing.email behind. Booleans as on PostgreSQL; the real one on SQLite answers 1 and 0.
 */
export async function startTrytonTwin(options: TrytonTwinOptions = {}): Promise<TrytonTwin> {
  const store = new TrytonStore(options.now ?? (() => new Date()), trytonRules);
  const rpc = new TrytonRpc(store, account);
  const memory = twinMemory(options.memory, () => store.state());
  const kept = memory.recall();
  if (kept) store.resume(kept);
  else setUp(store);
  const call: TrytonCall = async <Result>(method: string, ...params: readonly unknown[]) =>
    rpc.call(method, [...params, { active_test: false }]) as Result; // the caller names it
  const seeded = kept || options.records === undefined ? [] : await seedTryton(call, options.records);
  if (!kept) memory.changed();
  store.ledger.length = 0;
  const twin = await serveTwin({
    port: options.port,
    basePath: '',
    ledger: store.ledger,
    memory,
    dump: () => store.dump(),
    handle: (request) => rpc.answer(request),
  });
  return {
    ...twin,
    ...account,
    seeded,
    expireSessions: () => rpc.expireSessions(),
    signIns: () => rpc.signIns,
    rawStorageSearch: async (needles) => {
      const held = (JSON.parse(store.dump()) as [string, unknown][]).map(([model, rows]) => [
        model,
        JSON.stringify(rows).toLowerCase(),
      ]); // our own dump
      return needles.flatMap((needle) =>
        held.filter(([, text = '']) => text.includes(needle.toLowerCase())).map(([where = '']) => ({ needle, where })),
      );
    },
  };
}
