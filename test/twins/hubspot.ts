import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { callLimit } from './kit/call-limit.ts';
import { startVendorTwin, type VendorTwin } from './kit/vendor-twin.ts';
import { twinClock } from './kit/twin-clock.ts';
import { addObject, emptyState, type HubspotState } from './hubspot/store.ts';
import { hubspotRoutes } from './hubspot/routes.ts';

export interface HubspotTwinOptions {
  readonly port?: number;
  readonly memory?: string;
  readonly seed?: readonly Readonly<Record<string, string>>[];
  /** Calls in ten seconds; without end when left out. */
  readonly callsPerTenSeconds?: number;
}

/** One webhook as HubSpot would send it. */
export interface SentWebhook {
  readonly method: 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface HubspotTwin extends VendorTwin<HubspotState> {
  readonly token: string;
  readonly clientSecret: string;
  readonly appId: number;
  /** Scopes that the token lacks, by the first part of a path. */
  readonly lacking: Set<string>;
  /** What was sent since it was asked last, one batch, signed as v3. */
  webhooks(): SentWebhook[];
  emit(subscriptionType: string, objectId: string, more: Readonly<Record<string, unknown>>): void;
}

const hookUrl = 'https://ficha.example/hooks/hubspot';
const spec = readFileSync(new URL('./hubspot/spec.json', import.meta.url), 'utf8');

/**
 * A stand-in of one HubSpot portal: listing by id and `after`, search that stops at 10,000, archive against privacy deletion (which
 * blocklists), e-mail preferences by address, and webhooks with the v3 signature that also report our own writes.
 */
export async function startHubspotTwin(options: HubspotTwinOptions = {}): Promise<HubspotTwin> {
  const token = 'pat-eu1-twin';
  const clientSecret = 'hubspot-client-secret';
  const appId = 4711;
  const lacking = new Set<string>();
  const clock = twinClock();
  const waiting: object[] = [];
  let eventId = 1;
  const emit: HubspotTwin['emit'] = (subscriptionType, objectId, more) => {
    waiting.push({
      eventId,
      subscriptionType,
      objectId: Number(objectId),
      portalId: 1,
      appId,
      occurredAt: clock.now().getTime(),
      ...more,
    });
    eventId += 1;
  };
  const twin = await startVendorTwin<HubspotState>({
    port: options.port,
    memory: options.memory,
    spec,
    state: emptyState(),
    clock,
    refuse: ({ headers, path }) => {
      if (headers['authorization'] !== `Bearer ${token}`)
        return { status: 401, body: { status: 'error', category: 'INVALID_AUTHENTICATION' } };
      if ([...lacking].some((part) => path.startsWith(part)))
        return { status: 403, body: { status: 'error', category: 'MISSING_SCOPES' } };
      return undefined;
    },
    ...(options.callsPerTenSeconds === undefined
      ? {}
      : {
          limit: callLimit(options.callsPerTenSeconds, 10_000, () => ({
            status: 429,
            headers: { 'retry-after': '1' },
            body: { status: 'error', errorType: 'RATE_LIMIT', policyName: 'TEN_SECONDLY_ROLLING' },
          })),
        }),
    routes: (context) => hubspotRoutes({ ...context, emit }),
  });
  if (twin.state.objects.contacts.size === 0)
    for (const properties of options.seed ?? []) addObject(twin.state, 'contacts', properties, clock.stamp());
  return {
    ...twin,
    token,
    clientSecret,
    appId,
    lacking,
    emit,
    webhooks: () => {
      if (waiting.length === 0) return [];
      const body = Buffer.from(JSON.stringify(waiting.splice(0)));
      const timestamp = String(clock.now().getTime());
      const signed = Buffer.concat([Buffer.from(`POST${hookUrl}`), body, Buffer.from(timestamp)]);
      const signature = createHmac('sha256', clientSecret).update(signed).digest('base64');
      return [
        {
          method: 'POST',
          url: hookUrl,
          headers: { 'x-hubspot-signature-v3': signature, 'x-hubspot-request-timestamp': timestamp },
          body,
        },
      ];
    },
  };
}
