import { serve } from '@hono/node-server';
import { Hono } from 'hono';

/** What answers on which path. */
export interface Handlers {
  readonly graphql: (request: Request) => Promise<Response>;
  readonly commands: { fetch(request: Request): Response | Promise<Response> };
  /** Each part and whether it is ready. */
  readonly readiness: () => Promise<Readonly<Record<string, 'ready' | 'not ready'>>>;
}

export interface HttpServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** One server for GraphQL, the command API, /health (the process lives) and /ready (its parts answer). */
export async function serveHttp({ graphql, commands, readiness }: Handlers, host: string, port: number): Promise<HttpServer> {
  const app = new Hono();
  app.all('/graphql', (c) => graphql(c.req.raw));
  app.all('/v1/*', (c) => commands.fetch(c.req.raw));
  app.get('/health', (c) => c.json({ process: 'ready' }));
  app.get('/ready', async (c) => {
    const parts = await readiness();
    return c.json(parts, Object.values(parts).every((state) => state === 'ready') ? 200 : 503);
  });
  app.notFound((c) =>
    c.json({ code: 'no-such-page', message: 'no-such-page: there are /graphql, /v1, /health and /ready' }, 404),
  );
  const server = await new Promise<ReturnType<typeof serve>>((resolve, reject) => {
    const made = serve({ fetch: app.fetch, hostname: host, port }, () => resolve(made));
    made.once('error', reject);
  });
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
  };
}
