import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { formRoutes } from './form.ts';
import type { IntakeDeps, Ways } from './ground.ts';
import { openDsrRoutes } from './opendsr.ts';
import { shopRoutes } from './shop.ts';

/** The ways by which privacy requests come in by themselves: /rights, /opendsr/v2, /shops. One that is not set up is not there. */
export function createIntake(deps: IntakeDeps, { form, openDsr, shops }: Ways): Hono {
  const app = new Hono();
  app.use(bodyLimit({ maxSize: 256 * 1024 }));
  if (form !== undefined) app.route('/rights', formRoutes(deps, form));
  if (openDsr !== undefined) app.route('/opendsr/v2', openDsrRoutes(deps, openDsr));
  if (shops.size > 0) app.route('/shops', shopRoutes(deps, shops));
  app.notFound((c) => c.json({ code: 'no-such-page', message: 'no-such-page: this way in is not set up here' }, 404));
  return app;
}
