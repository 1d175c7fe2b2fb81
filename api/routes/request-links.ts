import type { Hono } from 'hono';
import { privacyPolicy as shipped } from '../../domain/privacy/privacy-policy.ts';
import { fetchPackage, makePackageLink } from '../../store/write/privacy-packages.ts';
import { proveByLink } from '../../store/write/privacy-identity.ts';
import { lookAgainSignal, workflowIdOf } from '../../workflows/messages.ts';
import { type CommandDeps, type CommandEnv, demand } from '../context.ts';

/** POST /v1/requests/:id/package-link: a link by which the person fetches the package once; a new one ends the old one. */
export function packageLinkRoute(app: Hono<CommandEnv>, { db, now, privacyPolicy = shipped }: CommandDeps): void {
  app.post('/v1/requests/:id/package-link', async (c) => {
    const { subject: by } = demand(c, 'read-package');
    const given = { by, at: now(), days: privacyPolicy.packageDays };
    const { token, expiresAt } = await db.transaction((tx) => makePackageLink(tx, c.req.param('id'), given));
    return c.json({ packagePath: `/v1/links/package/${token}`, expiresAt }, 201);
  });
}

const page = (action: string): string => `<!doctype html><html lang="es"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><meta name="referrer" content="no-referrer"><title>Ficha</title></head>
<body style="font:16px/1.5 system-ui;max-width:32rem;margin:3rem auto;padding:0 1rem"><form method="post">
<button style="font:inherit;padding:.6rem 1rem">${action}</button></form></body></html>`;

const headers = { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' };

/**
 * What a person does who has no account here: GET shows a button and does nothing, since mail scanners follow links; POST acts, once.
 * The token is all they need; nothing of the person is in the address. Register before the routes that ask for a bearer token.
 */
export function publicLinkRoutes(app: Hono<CommandEnv>, { db, keys, now, temporal, privacyPolicy = shipped }: CommandDeps): void {
  app.get('/v1/links/identity/:token', (c) => c.html(page('Confirmar · Conferma · Confirmer · Confirm'), 200, headers));
  app.post('/v1/links/identity/:token', async (c) => {
    const { requestId } = await db.transaction((tx) => proveByLink(tx, c.req.param('token'), now(), privacyPolicy));
    await temporal.workflow.getHandle(workflowIdOf.request(requestId)).signal(lookAgainSignal);
    return c.json({ confirmed: true }, 202, headers);
  });

  app.get('/v1/links/package/:token', (c) => c.html(page('Descargar · Scarica · Télécharger · Download'), 200, headers));
  app.post('/v1/links/package/:token', async (c) => {
    const text = await db.transaction((tx) => fetchPackage(tx, keys, c.req.param('token'), now()));
    return c.body(text, 200, {
      ...headers,
      'content-type': 'application/json',
      'content-disposition': 'attachment; filename="package.json"',
    });
  });
}
