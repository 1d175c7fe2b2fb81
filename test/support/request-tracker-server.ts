import type { LinkedSystem } from '../../connectors/kit/contract.ts';
import type { Call } from '../../connectors/request-tracker/api.ts';
import { openRequestTracker } from '../../connectors/request-tracker/system.ts';

/** A Request Tracker to run the same cases on: the twin or the real one. */
export interface RequestTrackerServer {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** Where its own storage holds this text, by name of table; empty when nowhere. */
  holds(needle: string): Promise<readonly string[]>;
  stop(): Promise<void>;
}

const call = (server: RequestTrackerServer, method: string, path: string, json?: unknown): Promise<Response> =>
  fetch(`${server.url}${path}`, {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(`${server.user}:${server.password}`).toString('base64')}`,
      'content-type': 'application/json',
    },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
  });

/** What an agent does on the server by hand; gives the id of what was made. */
export async function onRequestTracker(
  server: RequestTrackerServer,
  method: string,
  path: string,
  json?: unknown,
): Promise<string> {
  const response = await call(server, method, path, json);
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}`);
  return response.headers.get('location')?.split('/').at(-1) ?? /"id" ?: ?"(\d+)"/.exec(text)?.[1] ?? '';
}

export function openOn(server: RequestTrackerServer, config: Readonly<Record<string, unknown>> = {}): LinkedSystem {
  const send = async ({ method, path, query, json, expect = [] }: Call) => {
    const url = `${path}?${new URLSearchParams(Object.entries(query ?? {}).map(([k, v]) => [k, String(v)]))}`;
    const response = await call(server, method, url, json);
    if (!response.ok && !expect.includes(response.status)) throw new Error(`${response.status} ${method} ${path}`);
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
  };
  return openRequestTracker({ systemId: 'helpdesk', config, send, now: () => new Date() });
}
