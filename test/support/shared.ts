import { createServer } from 'node:http';

/** A server that one test run shares: started when a test first asks for it, stopped at the end of the run. */
export interface Shared {
  readonly facts: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export interface SharedServers {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts each of `starters` at the first `askShared(url, name)`; runs in the main process of vitest. */
export async function shareOnDemand(starters: Readonly<Record<string, () => Promise<Shared>>>): Promise<SharedServers> {
  const started = new Map<string, Promise<Shared>>();
  const start = (name: string): Promise<Shared> => {
    const starter = starters[name];
    const running =
      started.get(name) ?? (starter === undefined ? Promise.reject(new Error(`no shared server ${name}`)) : starter());
    started.set(name, running);
    return running;
  };
  const server = createServer((request, response) => {
    start((request.url ?? '/').slice(1)).then(
      ({ facts }) => response.end(JSON.stringify(facts)),
      (error: unknown) => response.writeHead(500).end(error instanceof Error ? (error.stack ?? error.message) : String(error)),
    );
  });
  // a connection that is closed while a slow machine uses it again would fail a test that did nothing wrong
  Object.assign(server, { keepAliveTimeout: 0, headersTimeout: 0, requestTimeout: 0 });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      const running = await Promise.allSettled(started.values());
      await Promise.allSettled(running.map((one) => (one.status === 'fulfilled' ? one.value.stop() : Promise.resolve())));
    },
  };
}

/** What the shared server `name` says of itself (addresses), starting it when nobody did yet. */
export async function askShared(url: string, name: string): Promise<Readonly<Record<string, string>>> {
  const response = await fetch(`${url}/${name}`, { signal: AbortSignal.timeout(600_000) });
  const text = await response.text();
  if (!response.ok) throw new Error(`the shared ${name} of this test run did not start: ${text}`);
  return JSON.parse(text) as Record<string, string>;
}
