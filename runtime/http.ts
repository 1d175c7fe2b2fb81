import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { traced } from '../platform/traces.ts';
import { routeOf, type Served } from './route-of.ts';

/** GraphQL and the command API. */
export interface Apis {
  readonly graphql: (request: Request) => Promise<Response>;
  readonly commands: Served;
  /** What people reach by a link of their own. */
  readonly preferences: Served;
  /** By what ways privacy requests come in; left out when none is set up. */
  readonly intake?: Served;
  /** Forms of the company's own site. */
  readonly forms: Served;
  /** The pages for people who are signed in. */
  readonly console: Served;
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

/** Answers, as a trace tells it: by the template of the route and the status, never by the address. */
const answered = (served: Served, request: Request): Promise<Response> => {
  const route = routeOf(served, request);
  const facts = { 'http.request.method': request.method, 'http.route': route };
  return traced({ name: `${request.method} ${route}`, kind: 'server' }, facts, async (tell) => {
    const response = await served.fetch(request);
    tell({ 'http.response.status_code': response.status });
    return response;
  });
};

/** One server for GraphQL, the command API, the console, the pages of preference links, /metrics (for Prometheus), /health (the process lives) and /ready (its parts answer). */
export async function serveHttp({ apis, readiness, metrics, host, port }: HttpOptions): Promise<HttpServer> {
  const app = new Hono();
  const serveAt = (paths: readonly string[], served: Served): void => {
    for (const path of paths) app.all(path, (c) => answered(served, c.req.raw));
  };
  if (apis) {
    serveAt(['/graphql'], { fetch: apis.graphql });
    serveAt(['/v1/*'], apis.commands);
    serveAt(['/p/*', '/u/*', '/c/*'], apis.preferences);
    serveAt(['/forms/*'], apis.forms);
    if (apis.intake) serveAt(['/rights', '/rights/*', '/opendsr/*', '/shops/*'], apis.intake);
    serveAt(['/console', '/console/*'], apis.console);
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
