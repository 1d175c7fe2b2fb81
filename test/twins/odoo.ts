import { readFileSync } from 'node:fs';
import { startVendorTwin, type VendorTwin } from './kit/vendor-twin.ts';
import { twinClock } from './kit/twin-clock.ts';
import { automationBody, odooRoutes } from './odoo/routes.ts';
import { createRow, emptyState, type Model, type OdooState } from './odoo/store.ts';

export interface OdooTwinOptions {
  readonly port?: number;
  readonly memory?: string;
  readonly seed?: readonly Readonly<Record<string, unknown>>[];
}

/** One webhook as an automation rule sends it. */
export interface SentWebhook {
  readonly method: 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface OdooTwin extends VendorTwin<OdooState> {
  readonly apiKey: string;
  readonly database: string;
  readonly webhookToken: string;
  /** Models that the user may not read. */
  readonly lacking: Set<Model>;
  /** An automation rule fires for this record. */
  emit(model: Model, id: number): void;
  webhooks(): SentWebhook[];
}

const spec = readFileSync(new URL('./odoo/spec.json', import.meta.url), 'utf8');

/**
 * A stand-in of one Odoo 19 database: JSON-2 calls, archived records hidden, `false` for nothing, a blacklist whose `create` leaves a known
 * row as it is, partners that invoices hold fast, and automation rules that post without a signature.
 */
export async function startOdooTwin(options: OdooTwinOptions = {}): Promise<OdooTwin> {
  const apiKey = 'odoo-api-key-of-the-twin';
  const database = 'twin';
  const webhookToken = 'odoo-webhook-token';
  const lacking = new Set<Model>();
  const clock = twinClock();
  const waiting: Uint8Array[] = [];
  const state = emptyState();
  const emit: OdooTwin['emit'] = (model, id) => {
    if (model === 'mail.blacklist' || model === 'res.partner')
      waiting.push(Buffer.from(JSON.stringify(automationBody(state, model, id))));
  };
  const twin = await startVendorTwin<OdooState>({
    port: options.port,
    memory: options.memory,
    spec,
    state,
    clock,
    refuse: ({ headers, path }) => {
      const known = headers['authorization'] === `Bearer ${apiKey}` && headers['x-odoo-database'] === database;
      if (!known) return { status: 401, body: { name: 'werkzeug.exceptions.Unauthorized', message: 'Invalid apikey' } };
      if ([...lacking].some((model) => path.startsWith(`/json/2/${model}/`)))
        return { status: 403, body: { name: 'odoo.exceptions.AccessError', message: 'You are not allowed' } };
      return undefined;
    },
    routes: (context) => odooRoutes({ ...context, saved: emit }),
  });
  if (twin.state.rows['res.partner'].size === 0)
    for (const values of options.seed ?? []) createRow(twin.state, clock, 'res.partner', values);
  return {
    ...twin,
    apiKey,
    database,
    webhookToken,
    lacking,
    emit,
    webhooks: () =>
      waiting.splice(0).map((body) => ({
        method: 'POST' as const,
        url: `https://ficha.example/hooks/odoo?token=${webhookToken}`,
        headers: { 'content-type': 'application/json' },
        body,
      })),
  };
}
