import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRequestTrackerTwin } from '../twins/request-tracker.ts';
import type { ServerAccess } from './open-on-server.ts';
import { orLeftOut } from './real/real-system.ts';
import { startRequestTracker } from './real/request-tracker.ts';

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

async function twin(): Promise<RequestTrackerServer> {
  const started = await startRequestTrackerTwin();
  const tables = (): [string, unknown][] => Object.entries(JSON.parse(started.dump()) as Record<string, unknown>); // the twin's own text
  const holds = (needle: string): string[] =>
    tables().flatMap(([name, rows]) => (JSON.stringify(rows).toLowerCase().includes(needle) ? [`table ${name}`] : []));
  return { ...started, holds: (needle) => Promise.resolve(holds(needle)) };
}

async function real(): Promise<RequestTrackerServer> {
  const dir = await mkdtemp(join(tmpdir(), 'ficha-rt-'));
  const started = await startRequestTracker({ dir });
  return {
    ...started,
    holds: async (needle) => (await started.rawStorageSearch([needle])).map(({ where }) => where.toLowerCase()),
    stop: () => started.stop().then(() => rm(dir, { recursive: true })),
  };
}

/** The twin, and the real server where it can be installed. @param most 1: the twin alone */
export async function requestTrackerServers(most = 2): Promise<readonly (readonly [string, RequestTrackerServer])[]> {
  const reals = most < 2 ? [] : (await orLeftOut(real())).map((server) => ['real Request Tracker 5', server] as const);
  return [['twin', await twin()], ...reals];
}
