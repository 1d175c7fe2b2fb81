import { createHmac } from 'node:crypto';
import { vendorSpec } from './kit/openapi-check.ts';
import { twinClock } from './kit/twin-clock.ts';
import { startVendorTwin, type VendorTwin } from './kit/vendor-twin.ts';
import { emptyState, finishRegulations, type SegmentState } from './segment/store.ts';
import { segmentRoutes } from './segment/routes.ts';

export interface SegmentTwinOptions {
  readonly port?: number;
  readonly memory?: string;
}

export interface SegmentTwin extends VendorTwin<SegmentState> {
  readonly token: string;
  readonly webhookSecret: string;
  /** Paths that the token may not call. */
  readonly lacking: Set<string>;
  /** A source of the workspace sends one call; a suppressed user's is dropped. Without id there is one, as for Segment. */
  send(call: Readonly<Record<string, unknown>>): void;
  /** Every regulation comes to its end. */
  finish(): void;
  webhooks(): {
    readonly method: 'POST';
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: Uint8Array;
  }[];
}

/** A stand-in of one Segment workspace: writes are regulations that run in their own time, people come by the webhook destination. */
export async function startSegmentTwin(options: SegmentTwinOptions = {}): Promise<SegmentTwin> {
  const token = 'segment-twin-token';
  const webhookSecret = 'segment-twin-shared-secret';
  const lacking = new Set<string>();
  const clock = twinClock();
  const waiting: Buffer[] = [];
  const twin = await startVendorTwin<SegmentState>({
    port: options.port,
    memory: options.memory,
    spec: vendorSpec('segment.json'),
    state: emptyState(),
    clock,
    refuse: ({ headers, path }) => {
      if (headers['authorization'] !== `Bearer ${token}`)
        return { status: 401, body: { errors: [{ type: 'unauthorized', message: 'Invalid token' }] } };
      return lacking.has(path) ? { status: 403, body: { errors: [{ type: 'forbidden' }] } } : undefined;
    },
    routes: segmentRoutes,
  });
  const { state } = twin;
  return {
    ...twin,
    token,
    webhookSecret,
    lacking,
    send: (call) => {
      const at = clock.stamp();
      const { userId } = call;
      if (typeof userId === 'string' && state.suppressed.has(userId)) return;
      if (typeof userId === 'string' && call['type'] === 'identify')
        state.users.set(userId, { ...state.users.get(userId), ...(call['traits'] as object) });
      state.nextId += 1;
      waiting.push(Buffer.from(JSON.stringify({ messageId: `m-${state.nextId}`, timestamp: at, ...call })));
    },
    finish: () => finishRegulations(state, clock),
    webhooks: () =>
      waiting.splice(0).map((body) => ({
        method: 'POST' as const,
        url: 'https://ficha.example/v1/webhooks/cdp',
        headers: {
          'content-type': 'application/json',
          'x-signature': createHmac('sha1', webhookSecret).update(body).digest('hex'),
        },
        body,
      })),
  };
}
