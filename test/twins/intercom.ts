import { createHmac } from 'node:crypto';
import { intercomRoutes } from './intercom/routes.ts';
import { addContact, emptyState, type IntercomState } from './intercom/store.ts';
import { vendorSpec } from './kit/openapi-check.ts';
import { twinClock } from './kit/twin-clock.ts';
import { startVendorTwin, type VendorTwin } from './kit/vendor-twin.ts';

export interface IntercomTwinOptions {
  readonly port?: number;
  readonly memory?: string;
  readonly seed?: readonly { readonly name: string; readonly email: string }[];
}

/** One webhook as Intercom sends it. */
export interface SentWebhook {
  readonly method: 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface IntercomTwin extends VendorTwin<IntercomState> {
  readonly token: string;
  readonly clientSecret: string;
  readonly adminId: string;
  /** Paths that the app may not call. */
  readonly lacking: Set<string>;
  emit(topic: string, item: Readonly<Record<string, unknown>>): void;
  webhooks(): SentWebhook[];
}

/** A stand-in of one workspace: conversations that outlive their contact, and webhooks signed with SHA-1. */
export async function startIntercomTwin(options: IntercomTwinOptions = {}): Promise<IntercomTwin> {
  const token = 'intercom-twin-token';
  const clientSecret = 'intercom-client-secret';
  const lacking = new Set<string>();
  const clock = twinClock();
  const waiting: Buffer[] = [];
  const twin = await startVendorTwin<IntercomState>({
    port: options.port,
    memory: options.memory,
    spec: vendorSpec('intercom.json'),
    state: emptyState(),
    clock,
    refuse: ({ headers, path }) => {
      const refusal = (status: number, code: string) => ({ status, body: { type: 'error.list', errors: [{ code }] } });
      if (headers['authorization'] !== `Bearer ${token}`) return refusal(401, 'unauthorized');
      return lacking.has(path) ? refusal(403, 'forbidden') : undefined;
    },
    routes: intercomRoutes,
  });
  if (twin.state.contacts.size === 0) for (const person of options.seed ?? []) addContact(twin.state, clock, person);
  let sent = 0;
  return {
    ...twin,
    token,
    clientSecret,
    adminId: '991',
    lacking,
    emit: (topic, item) => {
      sent += 1;
      const createdAt = Math.floor(clock.now().getTime() / 1_000);
      waiting.push(
        Buffer.from(
          JSON.stringify({ type: 'notification_event', id: `notif_${sent}`, topic, created_at: createdAt, data: { item } }),
        ),
      );
    },
    webhooks: () =>
      waiting.splice(0).map((body) => ({
        method: 'POST' as const,
        url: 'https://ficha.example/hooks/intercom',
        headers: { 'x-hub-signature': `sha1=${createHmac('sha1', clientSecret).update(body).digest('hex')}` },
        body,
      })),
  };
}
