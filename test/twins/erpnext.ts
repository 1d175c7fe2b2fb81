import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { startVendorTwin, type VendorTwin } from './kit/vendor-twin.ts';
import { twinClock } from './kit/twin-clock.ts';
import { erpnextRoutes } from './erpnext/routes.ts';
import { addDoc, type Doc, docsOf, emptyState, type ErpnextState } from './erpnext/store.ts';

export interface ErpnextTwinOptions {
  readonly port?: number;
  readonly memory?: string;
  readonly seed?: readonly Readonly<Record<string, unknown>>[];
}

/** One webhook as Frappe would send it. */
export interface SentWebhook {
  readonly method: 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface ErpnextTwin extends VendorTwin<ErpnextState> {
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly webhookSecret: string;
  readonly apiUser: string;
  /** DocTypes that the user may not read. */
  readonly lacking: Set<string>;
  emit(docType: string, doc: Doc, event: string, by: string): void;
  webhooks(): SentWebhook[];
}

const spec = readFileSync(new URL('./erpnext/spec.json', import.meta.url), 'utf8');

/**
 * A stand-in of one ERPNext site: names as ids, copies of what is deleted, changed and renamed, links that hold a document fast, local
 * times, and webhooks that also report our own writes.
 */
export async function startErpnextTwin(options: ErpnextTwinOptions = {}): Promise<ErpnextTwin> {
  const apiKey = 'erpnextkey';
  const apiSecret = 'erpnext-api-secret';
  const webhookSecret = 'erpnext-webhook-secret';
  const apiUser = 'ficha@erp.example';
  const lacking = new Set<string>();
  const clock = twinClock();
  const waiting: Buffer[] = [];
  const emit: ErpnextTwin['emit'] = (doctype, doc, event, by) => {
    if (!['Contact', 'Lead', 'Email Unsubscribe'].includes(doctype)) return;
    const { name, unsubscribed = null, email = null, global_unsubscribe: all = null } = doc;
    const sent = { doctype, name, event, modified_by: by, unsubscribed, email, global_unsubscribe: all };
    waiting.push(Buffer.from(JSON.stringify(sent)));
  };
  const twin = await startVendorTwin<ErpnextState>({
    port: options.port,
    memory: options.memory,
    spec,
    state: emptyState(),
    clock,
    refuse: ({ headers, path }) => {
      if (headers['authorization'] !== `token ${apiKey}:${apiSecret}`)
        return { status: 401, body: { exc_type: 'AuthenticationError' } };
      if ([...lacking].some((docType) => path.startsWith(`/api/resource/${encodeURIComponent(docType)}`)))
        return { status: 403, body: { exc_type: 'PermissionError' } };
      return undefined;
    },
    routes: (context) => erpnextRoutes({ ...context, saved: emit, apiUser }),
  });
  if (docsOf(twin.state, 'Contact').size === 0)
    for (const values of options.seed ?? []) addDoc(twin.state, clock, 'Contact', values);
  return {
    ...twin,
    apiKey,
    apiSecret,
    webhookSecret,
    apiUser,
    lacking,
    emit,
    webhooks: () =>
      waiting.splice(0).map((body) => ({
        method: 'POST' as const,
        url: 'https://ficha.example/hooks/erpnext',
        headers: { 'x-frappe-webhook-signature': createHmac('sha256', webhookSecret).update(body).digest('base64') },
        body,
      })),
  };
}
