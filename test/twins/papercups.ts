import { readFileSync } from 'node:fs';
import { twinClock } from './kit/twin-clock.ts';
import { startVendorTwin, type VendorTwin } from './kit/vendor-twin.ts';
import { papercupsRoutes } from './papercups/routes.ts';
import { addCustomer, emptyState, type PapercupsState } from './papercups/store.ts';

export interface PapercupsTwinOptions {
  readonly port?: number;
  readonly memory?: string;
  readonly seed?: readonly { readonly name: string; readonly email: string }[];
}

export interface PapercupsTwin extends VendorTwin<PapercupsState> {
  readonly apiKey: string;
  /** Paths that the key may not call. */
  readonly lacking: Set<string>;
}

const spec = readFileSync(new URL('./papercups/spec.json', import.meta.url), 'utf8');

/** A stand-in of one Papercups: lists that move while they are read, and messages that outlive their customer. */
export async function startPapercupsTwin(options: PapercupsTwinOptions = {}): Promise<PapercupsTwin> {
  const apiKey = 'papercups-api-key';
  const lacking = new Set<string>();
  const clock = twinClock();
  const twin = await startVendorTwin<PapercupsState>({
    port: options.port,
    memory: options.memory,
    spec,
    state: emptyState(),
    clock,
    refuse: ({ headers, path }) => {
      if (headers['authorization'] !== `Bearer ${apiKey}`) return { status: 401, body: { error: { status: 401 } } };
      return lacking.has(path) ? { status: 403, body: { error: { status: 403 } } } : undefined;
    },
    routes: papercupsRoutes,
  });
  if (twin.state.customers.size === 0) for (const person of options.seed ?? []) addCustomer(twin.state, clock, person);
  return { ...twin, apiKey, lacking };
}
