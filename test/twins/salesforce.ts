import { readFileSync } from 'node:fs';
import { twinClock } from './kit/twin-clock.ts';
import { startVendorTwin, type VendorTwin } from './kit/vendor-twin.ts';
import { salesforceRoutes } from './salesforce/routes.ts';
import { addContact, emptyState, type SalesforceState } from './salesforce/store.ts';

export interface SalesforceTwinOptions {
  readonly port?: number;
  readonly memory?: string;
  readonly seed?: readonly { readonly FirstName: string; readonly LastName: string; readonly Email: string }[];
}

export interface SalesforceTwin extends VendorTwin<SalesforceState> {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Paths that the user may not call. */
  readonly lacking: Set<string>;
  tokensMade(): number;
  endToken(): void;
}

const spec = readFileSync(new URL('./salesforce/spec.json', import.meta.url), 'utf8');
const forbidden = { status: 403, body: [{ errorCode: 'INSUFFICIENT_ACCESS', message: 'insufficient access rights' }] };

/** A stand-in of one org: tokens that end, queries in pages of 2,000 with a locator, and a recycle bin. */
export async function startSalesforceTwin(options: SalesforceTwinOptions = {}): Promise<SalesforceTwin> {
  const clientId = 'salesforce-consumer-key';
  const clientSecret = 'salesforce-consumer-secret';
  const lacking = new Set<string>();
  const clock = twinClock();
  const state = emptyState();
  let made = 0;
  const token = (body: Readonly<Record<string, unknown>>) => {
    if (body['client_id'] !== clientId || body['client_secret'] !== clientSecret)
      return { status: 401, body: { error: 'invalid_client', error_description: 'invalid client credentials' } };
    made += 1;
    const fresh = `00Dtwin!${made}`;
    state.tokens = [fresh];
    return { status: 200, body: { access_token: fresh, token_type: 'Bearer', instance_url: 'twin' } };
  };
  const twin = await startVendorTwin<SalesforceState>({
    port: options.port,
    memory: options.memory,
    spec,
    state,
    clock,
    refuse: ({ headers, path, body }) => {
      if (path === '/services/oauth2/token') return token(body);
      const given = /^Bearer (.+)$/.exec(headers['authorization'] ?? '')?.[1] ?? '';
      if (!state.tokens.includes(given))
        return { status: 401, body: [{ errorCode: 'INVALID_SESSION_ID', message: 'Session expired or invalid' }] };
      return lacking.has(path) ? forbidden : undefined;
    },
    routes: salesforceRoutes,
  });
  if (twin.state.contacts.size === 0) for (const person of options.seed ?? []) addContact(twin.state, clock, person);
  return {
    ...twin,
    clientId,
    clientSecret,
    lacking,
    tokensMade: () => made,
    endToken: () => {
      state.tokens = [];
    },
  };
}
