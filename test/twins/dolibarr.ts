import { readFileSync } from 'node:fs';
import { startVendorTwin, type VendorTwin } from './kit/vendor-twin.ts';
import { twinClock } from './kit/twin-clock.ts';
import { dolibarrRoutes } from './dolibarr/routes.ts';
import { addItem, type DolibarrState, emptyState, type Item } from './dolibarr/store.ts';

export interface DolibarrTwinOptions {
  readonly port?: number;
  readonly memory?: string;
  readonly seed?: readonly Readonly<Record<string, unknown>>[];
}

/** One call of the module Webhook. */
export interface SentWebhook {
  readonly method: 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface DolibarrTwin extends VendorTwin<DolibarrState> {
  readonly apiKey: string;
  readonly webhookToken: string;
  /** First parts of paths that the user may not call. */
  readonly lacking: Set<string>;
  trigger(code: string, item: Item): void;
  webhooks(): SentWebhook[];
}

const spec = readFileSync(new URL('./dolibarr/spec.json', import.meta.url), 'utf8');

/**
 * A stand-in of one Dolibarr: lists by `sqlfilters` that answer 404 when empty, opt-outs kept by address, a module that may be off and
 * says nothing, third parties that invoices hold fast, and webhooks without a signature.
 */
export async function startDolibarrTwin(options: DolibarrTwinOptions = {}): Promise<DolibarrTwin> {
  const apiKey = 'dolibarr-api-key';
  const webhookToken = 'dolibarr-webhook-token';
  const lacking = new Set<string>();
  const clock = twinClock();
  const waiting: Buffer[] = [];
  const trigger: DolibarrTwin['trigger'] = (triggercode, object) =>
    void waiting.push(Buffer.from(JSON.stringify({ triggercode, object })));
  const twin = await startVendorTwin<DolibarrState>({
    port: options.port,
    memory: options.memory,
    basePath: '/api/index.php',
    spec,
    state: emptyState(),
    clock,
    refuse: ({ headers, path }) => {
      if (headers['dolapikey'] !== apiKey) return { status: 401, body: { error: { code: 401, message: 'Unauthorized' } } };
      if ([...lacking].some((part) => path.startsWith(part)))
        return { status: 403, body: { error: { code: 403, message: 'Forbidden' } } };
      return undefined;
    },
    routes: (context) => dolibarrRoutes({ ...context, trigger }),
  });
  if (twin.state.items.contacts.size === 0)
    for (const values of options.seed ?? []) addItem(twin.state, clock, 'contacts', values);
  return {
    ...twin,
    apiKey,
    webhookToken,
    lacking,
    trigger,
    webhooks: () =>
      waiting.splice(0).map((body) => ({
        method: 'POST' as const,
        url: `https://ficha.example/hooks/dolibarr?token=${webhookToken}`,
        headers: { 'content-type': 'application/json' },
        body,
      })),
  };
}
