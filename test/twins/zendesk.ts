import { createHmac } from 'node:crypto';
import { vendorSpec } from './kit/openapi-check.ts';
import { twinClock } from './kit/twin-clock.ts';
import { startVendorTwin, type VendorTwin } from './kit/vendor-twin.ts';
import { zendeskRoutes } from './zendesk/routes.ts';
import { addUser, emptyState, type ZendeskState } from './zendesk/store.ts';

export interface ZendeskTwinOptions {
  readonly port?: number;
  readonly memory?: string;
  readonly seed?: readonly { readonly name: string; readonly email: string }[];
}

/** One webhook as Zendesk sends it. */
export interface SentWebhook {
  readonly method: 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface ZendeskTwin extends VendorTwin<ZendeskState> {
  readonly email: string;
  readonly apiToken: string;
  readonly webhookSecret: string;
  /** Paths that the agent may not call. */
  readonly lacking: Set<string>;
  emit(type: string, userId: number): void;
  webhooks(): SentWebhook[];
}

/** A stand-in of one Zendesk: an export by cursor with deleted users in it, deletion in two steps, and signed webhooks. */
export async function startZendeskTwin(options: ZendeskTwinOptions = {}): Promise<ZendeskTwin> {
  const email = 'agent@twin.example';
  const apiToken = 'zendesk-api-token';
  const webhookSecret = 'zendesk-webhook-secret';
  const lacking = new Set<string>();
  const clock = twinClock();
  const waiting: Buffer[] = [];
  const twin = await startVendorTwin<ZendeskState>({
    port: options.port,
    memory: options.memory,
    spec: vendorSpec('zendesk.json'),
    state: emptyState(),
    clock,
    refuse: ({ headers, path }) => {
      if (headers['authorization'] !== `Basic ${Buffer.from(`${email}/token:${apiToken}`).toString('base64')}`)
        return { status: 401, body: { error: "Couldn't authenticate you" } };
      return lacking.has(path) ? { status: 403, body: { error: 'Forbidden' } } : undefined;
    },
    routes: zendeskRoutes,
  });
  if (twin.state.users.size === 0) for (const person of options.seed ?? []) addUser(twin.state, clock, person);
  let sent = 0;
  return {
    ...twin,
    email,
    apiToken,
    webhookSecret,
    lacking,
    emit: (type, userId) => {
      sent += 1;
      const event = {
        type: `zen:event-type:user.${type}`,
        id: `event-${sent}`,
        time: clock.stamp(),
        subject: `zen:user:${userId}`,
      };
      waiting.push(Buffer.from(JSON.stringify({ ...event, detail: { id: String(userId) }, event: {} })));
    },
    webhooks: () =>
      waiting.splice(0).map((body) => {
        const timestamp = clock.now().toISOString();
        const signature = createHmac('sha256', webhookSecret).update(timestamp).update(body).digest('base64');
        return {
          method: 'POST' as const,
          url: 'https://ficha.example/hooks/zendesk',
          headers: { 'x-zendesk-webhook-signature': signature, 'x-zendesk-webhook-signature-timestamp': timestamp },
          body,
        };
      }),
  };
}
