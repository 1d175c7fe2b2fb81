import { serve } from '@hono/node-server';
import { Hono } from 'hono';

/** GraphQL and the command API. */
export interface Apis {
  readonly graphql: (request: Request) => Promise<Response>;
  readonly commands: { fetch(request: Request): Response | Promise<Response> };
  /** What people reach by a link of their own. */
  readonly preferences: { fetch(request: Request): Response | Promise<Response> };
  /** By what ways privacy requests come in; left out when none is set up. */
  readonly intake?: { fetch(request: Request): Response | Promise<Response> };
  /** The pages for people who are signed in. */
  readonly console: { fetch(request: Request): Response | Promise<Response> };
}

export interface HttpOptions {
  /** Left out in a process that is only a worker. */
  readonly apis?: Apis;
  /** Each part and whether it is ready. */
  readonly readiness: () => Promise<Readonly<Record<string, 'ready' | 'not ready'>>>;
  /** What Prometheus reads at /metrics. */
  readonly metrics?: () => Promise<string>;
  readonly host: string;
  readonly port: number;
}

export interface HttpServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** One server for GraphQL, the command API, the console, the pages of preference links, /metrics (for Prometheus), /health (the process lives) and /ready (its parts answer). */
export async function serveHttp({ apis, readiness, metrics, host, port }: HttpOptions): Promise<HttpServer> {
  const app = new Hono();
  if (apis) {
    app.all('/graphql', (c) => apis.graphql(c.req.raw));
    app.all('/v1/*', (c) => apis.commands.fetch(c.req.raw));
    app.all('/p/*', (c) => apis.preferences.fetch(c.req.raw));
    app.all('/u/*', (c) => apis.preferences.fetch(c.req.raw));
    app.all('/c/*', (c) => apis.preferences.fetch(c.req.raw));
    const { intake } = apis;
    if (intake)
      for (const path of ['/rights', '/rights/*', '/opendsr/*', '/shops/*']) app.all(path, (c) => intake.fetch(c.req.raw));
    app.all('/console', (c) => apis.console.fetch(c.req.raw));
    app.all('/console/*', (c) => apis.console.fetch(c.req.raw));
    app.get('/', (c) => c.redirect('/console', 302));
  }
  app.get('/health', (c) => c.json({ process: 'ready' }));
  app.get('/ready', async (c) => {
    const parts = await readiness();
    return c.json(parts, Object.values(parts).every((state) => state === 'ready') ? 200 : 503);
  });
  if (metrics)
    app.get('/metrics', async (c) =>
      c.text(await metrics(), 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }),
    );
  app.notFound((c) =>
    c.json(
      { code: 'no-such-page', message: 'no-such-page: there are /console, /graphql, /v1, /metrics, /health and /ready' },
      404,
    ),
  );
  const server = await new Promise<ReturnType<typeof serve>>((resolve, reject) => {
    const made = serve({ fetch: app.fetch, hostname: host, port }, () => resolve(made));
    made.once('error', reject);
  });
  const shown = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  return {
    url: `http://${shown.includes(':') ? `[${shown}]` : shown}:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
  };
}
