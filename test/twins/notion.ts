import { createHmac, randomUUID } from 'node:crypto';
import { vendorSpec } from './kit/openapi-check.ts';
import { startVendorTwin, type VendorTwin } from './kit/vendor-twin.ts';
import { twinClock } from './kit/twin-clock.ts';
import { notionRoutes } from './notion/routes.ts';
import { addPage, emptyState, type NotionState } from './notion/store.ts';

export interface NotionTwinOptions {
  readonly port?: number;
  readonly memory?: string;
  readonly seed?: readonly Readonly<Record<string, unknown>>[];
}

/** One webhook as Notion sends it. */
export interface SentWebhook {
  readonly method: 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface NotionTwin extends VendorTwin<NotionState> {
  readonly token: string;
  readonly verificationToken: string;
  readonly botId: string;
  readonly dataSource: string;
  /** First parts of paths that the integration may not call. */
  readonly lacking: Set<string>;
  /** A person of the workspace (`author`) did this to a page. */
  emit(type: string, pageId: string, author: string): void;
  webhooks(): SentWebhook[];
}

/** A stand-in of one workspace: times cut to the minute, pages that only go to the trash, and signed webhooks about our own writes too. */
export async function startNotionTwin(options: NotionTwinOptions = {}): Promise<NotionTwin> {
  const token = 'ntn_notion_twin';
  const verificationToken = 'secret_notion_verification';
  const botId = 'bot-of-ficha';
  const lacking = new Set<string>();
  const clock = twinClock();
  const waiting: Buffer[] = [];
  const emit: NotionTwin['emit'] = (type, pageId, author) => {
    const event = { id: randomUUID(), timestamp: clock.now().toISOString(), type, authors: [{ id: author, type: 'bot' }] };
    waiting.push(Buffer.from(JSON.stringify({ ...event, entity: { id: pageId, type: 'page' } })));
  };
  const twin = await startVendorTwin<NotionState>({
    port: options.port,
    memory: options.memory,
    spec: vendorSpec('notion.json'),
    state: emptyState(),
    clock,
    refuse: ({ headers, path }) => {
      if (headers['authorization'] !== `Bearer ${token}` || headers['notion-version'] === undefined)
        return { status: 401, body: { object: 'error', status: 401, code: 'unauthorized' } };
      return [...lacking].some((part) => path.startsWith(part))
        ? { status: 403, body: { object: 'error', status: 403, code: 'restricted_resource' } }
        : undefined;
    },
    routes: (context) => notionRoutes({ ...context, emit: (type, pageId) => emit(type, pageId, botId) }),
  });
  if (twin.state.pages.size === 0) for (const properties of options.seed ?? []) addPage(twin.state, clock, properties);
  return {
    ...twin,
    token,
    verificationToken,
    botId,
    dataSource: 'people-data-source',
    lacking,
    emit,
    webhooks: () =>
      waiting.splice(0).map((body) => ({
        method: 'POST' as const,
        url: 'https://ficha.example/hooks/notion',
        headers: { 'x-notion-signature': `sha256=${createHmac('sha256', verificationToken).update(body).digest('hex')}` },
        body,
      })),
  };
}
