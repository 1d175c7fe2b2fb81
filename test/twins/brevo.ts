import { brevoRoutes } from './brevo/routes.ts';
import { addContact, type BrevoState, emptyState } from './brevo/store.ts';
import { vendorSpec } from './kit/openapi-check.ts';
import { twinClock } from './kit/twin-clock.ts';
import { startVendorTwin, type VendorTwin } from './kit/vendor-twin.ts';

export interface BrevoTwinOptions {
  readonly port?: number;
  readonly memory?: string;
  readonly seed?: readonly { readonly email: string; readonly FIRSTNAME?: string; readonly LASTNAME?: string }[];
}

/** One webhook as Brevo sends it: not signed. */
export interface SentWebhook {
  readonly method: 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface BrevoTwin extends VendorTwin<BrevoState> {
  readonly apiKey: string;
  readonly webhookToken: string;
  /** Paths that the key may not call. */
  readonly lacking: Set<string>;
  emit(event: string, email: string): void;
  webhooks(): SentWebhook[];
}

/** A stand-in of one Brevo account: a blocklist by address that a new address or a deletion leaves behind, and webhooks without a signature. */
export async function startBrevoTwin(options: BrevoTwinOptions = {}): Promise<BrevoTwin> {
  const apiKey = 'xkeysib-twin';
  const webhookToken = 'brevo-webhook-token';
  const lacking = new Set<string>();
  const clock = twinClock();
  const waiting: Buffer[] = [];
  const twin = await startVendorTwin<BrevoState>({
    port: options.port,
    memory: options.memory,
    basePath: '/v3',
    spec: vendorSpec('brevo.json'),
    state: emptyState(),
    clock,
    refuse: ({ headers, path }) => {
      if (headers['api-key'] !== apiKey) return { status: 401, body: { code: 'unauthorized', message: 'Key not found' } };
      if (lacking.has(path)) return { status: 403, body: { code: 'permission_denied', message: 'not allowed' } };
      return undefined;
    },
    routes: brevoRoutes,
  });
  if (twin.state.contacts.size === 0) for (const person of options.seed ?? []) addContact(twin.state, clock, person);
  return {
    ...twin,
    apiKey,
    webhookToken,
    lacking,
    emit: (event, email) =>
      void waiting.push(Buffer.from(JSON.stringify({ event, email, ts_event: Math.floor(clock.now().getTime() / 1_000) }))),
    webhooks: () =>
      waiting.splice(0).map((body) => ({
        method: 'POST' as const,
        url: `https://ficha.example/hooks/brevo?token=${webhookToken}`,
        headers: { 'content-type': 'application/json' },
        body,
      })),
  };
}
