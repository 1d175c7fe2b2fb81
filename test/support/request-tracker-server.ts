import type { ServerAccess } from './open-on-server.ts';

/** A Request Tracker to run the same cases on: the twin or the real one. */
export interface RequestTrackerServer extends ServerAccess {
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
