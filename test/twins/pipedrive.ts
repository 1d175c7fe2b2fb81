import { pathsOf, vendorSpec, withPaths } from './kit/openapi-check.ts';
import { twinClock } from './kit/twin-clock.ts';
import { startVendorTwin, type VendorTwin } from './kit/vendor-twin.ts';
import { pipedriveRoutes } from './pipedrive/routes.ts';
import { addPerson, emptyState, type PipedriveState } from './pipedrive/store.ts';

export interface PipedriveTwinOptions {
  readonly port?: number;
  readonly memory?: string;
  readonly seed?: readonly { readonly name: string; readonly email: string }[];
}

/** One webhook as Pipedrive sends it: not signed. */
export interface SentWebhook {
  readonly method: 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface PipedriveTwin extends VendorTwin<PipedriveState> {
  readonly token: string;
  readonly webhookToken: string;
  readonly userId: number;
  /** Paths that the token may not call. */
  readonly lacking: Set<string>;
  emit(action: string, id: number, data: Readonly<Record<string, unknown>>): void;
  webhooks(): SentWebhook[];
}

const ofVersion1 = /^\/(notes|leads|files|mailbox|recents)(\/|$)|^\/persons\/\{id\}\/(files|mailMessages)$/;

/** A stand-in of one company: statuses that change once and then say nothing, a bin of 30 days, and webhooks without a signature. */
export async function startPipedriveTwin(options: PipedriveTwinOptions = {}): Promise<PipedriveTwin> {
  const token = 'pipedrive-twin-token';
  const webhookToken = 'pipedrive-webhook-token';
  const lacking = new Set<string>();
  const clock = twinClock();
  const waiting: Buffer[] = [];
  const twin = await startVendorTwin<PipedriveState>({
    port: options.port,
    memory: options.memory,
    basePath: '/api/v2',
    spec: withPaths(vendorSpec('pipedrive-v2.json'), pathsOf(vendorSpec('pipedrive-v1.json'), ofVersion1)), // both lie under one base here
    state: emptyState(),
    clock,
    refuse: ({ headers, path, query }) => {
      if (headers['x-api-token'] !== token) return { status: 401, body: { success: false, error: 'unauthorized access' } };
      // a right that the user lacks shows in what is asked of all persons
      return lacking.has(path) && query.get('sort_by') !== null
        ? { status: 403, body: { success: false, error: 'Forbidden' } }
        : undefined;
    },
    routes: pipedriveRoutes,
  });
  if (twin.state.persons.size === 0) for (const person of options.seed ?? []) addPerson(twin.state, clock, person);
  let sent = 0;
  return {
    ...twin,
    token,
    webhookToken,
    userId: 77,
    lacking,
    emit: (action, id, data) => {
      sent += 1;
      const meta = {
        id: `event-${sent}`,
        action,
        entity: 'person',
        entity_id: id,
        user_id: 5,
        timestamp: clock.stamp(),
        version: '2.0',
      };
      waiting.push(Buffer.from(JSON.stringify({ meta, data, previous: {} })));
    },
    webhooks: () =>
      waiting.splice(0).map((body) => ({
        method: 'POST' as const,
        url: `https://ficha.example/hooks/pipedrive?token=${webhookToken}`,
        headers: { 'content-type': 'application/json' },
        body,
      })),
  };
}
