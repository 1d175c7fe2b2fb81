import { vendorSpec, withPaths } from './kit/openapi-check.ts';
import { twinClock } from './kit/twin-clock.ts';
import { startVendorTwin, type VendorTwin } from './kit/vendor-twin.ts';
import { mailchimpRoutes } from './mailchimp/routes.ts';
import { addMember, emptyState, type MailchimpState } from './mailchimp/store.ts';

export interface MailchimpTwinOptions {
  readonly port?: number;
  readonly memory?: string;
  readonly seed?: readonly { readonly email: string; readonly FNAME?: string; readonly LNAME?: string }[];
}

/** One webhook as Mailchimp sends it: a form, not signed. */
export interface SentWebhook {
  readonly method: 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface MailchimpTwin extends VendorTwin<MailchimpState> {
  readonly apiKey: string;
  readonly webhookToken: string;
  readonly audience: string;
  readonly store: string;
  /** First parts of paths that the key may not call. */
  readonly lacking: Set<string>;
  emit(type: string, data: Readonly<Record<string, string>>): void;
  webhooks(): SentWebhook[];
}

/** Which the copy of the description at hand was trimmed of. @see https://mailchimp.com/developer/marketing/api/ecommerce-stores/list-stores/ */
const listsStores = {
  '/ecommerce/stores': {
    get: {
      parameters: ['count', 'offset'].map((name) => ({ name, in: 'query', type: 'integer' })),
      responses: { '200': { description: 'Shops of the account' } },
    },
  },
};

/**
 * A stand-in of one audience: members by contact id, address or hash, archiving against deletion for good, opt-outs that only the person
 * undoes, and webhooks as forms without a signature.
 */
export async function startMailchimpTwin(options: MailchimpTwinOptions = {}): Promise<MailchimpTwin> {
  const apiKey = 'mailchimp-api-key-us21';
  const webhookToken = 'mailchimp-webhook-token';
  const audience = 'a1b2c3d4e5';
  const store = 'twin-shop';
  const lacking = new Set<string>();
  const clock = twinClock();
  const waiting: string[] = [];
  const twin = await startVendorTwin<MailchimpState>({
    port: options.port,
    memory: options.memory,
    basePath: '/3.0',
    spec: withPaths(vendorSpec('mailchimp.json'), listsStores),
    state: emptyState(),
    clock,
    refuse: ({ headers, path }) => {
      if (headers['authorization'] !== `Basic ${Buffer.from(`ficha:${apiKey}`).toString('base64')}`)
        return { status: 401, body: { title: 'API Key Invalid', status: 401 } };
      if ([...lacking].some((part) => path === part))
        return { status: 403, body: { title: 'User Action Not Permitted', status: 403 } };
      return undefined;
    },
    routes: (context) => mailchimpRoutes({ ...context, audience, store }),
  });
  if (twin.state.members.size === 0) for (const person of options.seed ?? []) addMember(twin.state, clock, person);
  return {
    ...twin,
    apiKey,
    webhookToken,
    audience,
    store,
    lacking,
    emit: (type, data) => {
      const form = new URLSearchParams({ type, fired_at: clock.stamp().slice(0, 19).replace('T', ' ') });
      for (const [name, value] of Object.entries(data)) form.set(`data[${name}]`, value);
      waiting.push(form.toString());
    },
    webhooks: () =>
      waiting.splice(0).map((form) => ({
        method: 'POST' as const,
        url: `https://ficha.example/hooks/mailchimp?token=${webhookToken}`,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: Buffer.from(form),
      })),
  };
}
