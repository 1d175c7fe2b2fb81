import { readFileSync } from 'node:fs';
import { activeCampaignRoutes } from './activecampaign/routes.ts';
import { type ActiveCampaignState, addContact, emptyState } from './activecampaign/store.ts';
import { twinClock } from './kit/twin-clock.ts';
import { startVendorTwin, type VendorTwin } from './kit/vendor-twin.ts';

export interface ActiveCampaignTwinOptions {
  readonly port?: number;
  readonly memory?: string;
  readonly seed?: readonly { readonly email: string; readonly firstName?: string; readonly lastName?: string }[];
}

export interface ActiveCampaignTwin extends VendorTwin<ActiveCampaignState> {
  readonly apiToken: string;
  readonly webhookToken: string;
  /** Paths that the key may not call. */
  readonly lacking: Set<string>;
  /** The account tells of something about a contact; `from` is who began it. */
  emit(type: string, contactId: string, from?: 'public' | 'admin' | 'api'): void;
  webhooks(): {
    readonly method: 'POST';
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: Uint8Array;
  }[];
}

/** A stand-in of one ActiveCampaign account: state by list, a subscription that needs a word, notes that stay, unsigned webhooks. */
export async function startActiveCampaignTwin(options: ActiveCampaignTwinOptions = {}): Promise<ActiveCampaignTwin> {
  const apiToken = 'activecampaign-twin-key';
  const webhookToken = 'activecampaign-webhook-token';
  const lacking = new Set<string>();
  const clock = twinClock();
  const waiting: Buffer[] = [];
  const twin = await startVendorTwin<ActiveCampaignState>({
    port: options.port,
    memory: options.memory,
    basePath: '/api/3',
    spec: readFileSync(new URL('./activecampaign/spec.json', import.meta.url), 'utf8'),
    state: emptyState(),
    clock,
    refuse: ({ headers, path }) => {
      if (headers['api-token'] !== apiToken) return { status: 401, body: { message: 'Unauthorized' } };
      return lacking.has(path) ? { status: 403, body: { message: 'Forbidden' } } : undefined;
    },
    routes: activeCampaignRoutes,
  });
  const { state } = twin;
  if (state.contacts.size === 0) for (const person of options.seed ?? []) addContact(state, clock, person);
  return {
    ...twin,
    apiToken,
    webhookToken,
    lacking,
    emit: (type, contactId, from = 'public') => {
      const fields = {
        type,
        date_time: clock.now().toISOString(),
        initiated_from: from,
        list: '1',
        'contact[id]': contactId,
        'contact[email]': String(state.contacts.get(contactId)?.email),
      };
      waiting.push(Buffer.from(new URLSearchParams(fields).toString()));
    },
    webhooks: () =>
      waiting.splice(0).map((body) => ({
        method: 'POST' as const,
        url: `https://ficha.example/hooks/activecampaign?token=${webhookToken}`,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body,
      })),
  };
}
