import { readFileSync } from 'node:fs';
import type { ErpSeed } from './sample-seeds.ts';
import { TrytonRpc } from './tryton/rpc.ts';
import { trytonRules } from './tryton/rules.ts';
import { type SeededParty, seedTryton } from './tryton/seed.ts';
import { type TrytonState, TrytonStore } from './tryton/store.ts';
import { twinClock } from './kit/twin-clock.ts';
import { startVendorTwin, type VendorTwin } from './kit/vendor-twin.ts';
import type { TrytonCall } from './tryton/wire.ts';

export interface TrytonTwinOptions {
  readonly port?: number;
  readonly records?: readonly ErpSeed[];
  readonly now?: () => Date;
  /** File that keeps what the twin holds; records are for its first start only. */
  readonly memory?: string;
}

export interface TrytonTwin extends VendorTwin<TrytonState> {
  /** Calls as the vendor's own client does, within the process. */
  readonly hand: TrytonCall;
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
  const clock = twinClock();
  const store = new TrytonStore(options.now ?? clock.now, trytonRules);
  const rpc = new TrytonRpc(store, account);
  const call: TrytonCall = async <Result>(method: string, ...params: readonly unknown[]) =>
    rpc.call(method, [...params, { active_test: false }]) as Result; // the caller names it
  const seeded: SeededParty[] = [];
  const twin = await startVendorTwin<TrytonState>({
    port: options.port,
    spec: readFileSync(new URL('./tryton/spec.json', import.meta.url), 'utf8'),
    state: store.state,
    ledger: store.ledger,
    memory: options.memory,
    clock,
    seed: async () => {
      setUp(store);
      if (options.records !== undefined) seeded.push(...(await seedTryton(call, options.records)));
    },
    refuse: () => undefined, // a session is asked for by the call itself
    answer: (request) => rpc.answer(request),
  });
  return {
    ...twin,
    ...account,
    seeded,
    hand: call,
    dump: () => store.dump(),
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
