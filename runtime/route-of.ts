import type { Hono } from 'hono';

/** What answers requests; one of Hono tells its routes too. */
export interface Served {
  fetch(request: Request): Response | Promise<Response>;
  readonly router?: { match: Hono['router']['match'] };
}

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** The template by which a request is answered, such as `/v1/requests/:id`; `*` where there is none. It never holds what was asked for. */
export function routeOf({ router }: Served, { method, url }: Request): string {
  if (router === undefined) return '/graphql';
  if (!methods.includes(method)) return '*';
  const [handlers] = router.match(method === 'HEAD' ? 'GET' : method, new URL(url).pathname);
  const paths = handlers.map(([[, route]]) => route.path).filter((path) => !path.endsWith('*'));
  return paths.at(-1) ?? '*';
}
