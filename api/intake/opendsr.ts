import { type Context, Hono } from 'hono';
import { FichaError } from '../../domain/record/error.ts';
import { cancelIntake, intakeStatus } from '../../store/write/privacy-callers.ts';
import { keepIntake } from '../../store/write/privacy-intake.ts';
import { type Decision, decideSignal, workflowIdOf } from '../../workflows/messages.ts';
import { startRequest } from '../start-request.ts';
import type { IntakeDeps, OpenDsr } from './ground.ts';
import { openNow } from './open-waiting.ts';
import { identitiesOf, readOpenDsrRequest } from './opendsr-request.ts';
import { controllerOf, signedHeaders } from './opendsr-signature.ts';
import { expectedBy, statusBody } from './opendsr-status.ts';

const statusOf: Readonly<Record<string, 400 | 401 | 404>> = { 'not-signed': 401, 'unknown-request': 404 };

/**
 * OpenDSR 2.0 for controllers whose data is processed here: GET /discovery, GET /certificate.pem, POST /requests, GET and DELETE
 * /requests/:id. Answers are signed by the key of the certificate; the protocol's earlier route and headers are honoured.
 * @see https://github.com/opengdpr/OpenDSR/blob/master/specification.md
 */
export function openDsrRoutes(deps: IntakeDeps, openDsr: OpenDsr): Hono {
  const { db, keys, now, log } = deps;
  const app = new Hono();
  const signed = (c: Context, status: 200 | 201 | 202, body: Readonly<Record<string, unknown>>): Response => {
    const text = JSON.stringify(body);
    return c.body(text, status, signedHeaders(openDsr, text));
  };
  const asking = async (c: Context) => {
    const body = await c.req.text();
    return { body, controller: controllerOf(openDsr, c.req.raw, body, now()) };
  };

  app.get('/discovery', (c) =>
    signed(c, 200, {
      api_version: '2.0',
      supported_identities: identitiesOf(openDsr),
      supported_subject_request_types: ['access', 'portability', 'erasure'],
      processor_certificate: `https://${openDsr.domain}/opendsr/v2/certificate.pem`,
    }),
  );
  app.get('/certificate.pem', (c) => c.body(openDsr.certificate, 200, { 'content-type': 'application/x-pem-file' }));

  app.on('POST', ['/requests', '/opengdpr_requests'], async (c) => {
    const { body, controller } = await asking(c);
    const incoming = readOpenDsrRequest(openDsr, controller, body, now());
    const { id } = await db.transaction((tx) => keepIntake(tx, keys, incoming));
    await openNow(deps, id);
    const found = await intakeStatus(db, incoming);
    return signed(c, 201, {
      controller_id: controller.id,
      expected_completion_time: expectedBy(found),
      received_time: now().toISOString(),
      encoded_request: Buffer.from(body).toString('base64'),
      subject_request_id: incoming.callerRef,
    });
  });

  const byId = ['/requests/:id', '/opengdpr_requests/:id'];
  app.on('GET', byId, async (c) => {
    const { controller } = await asking(c);
    const callerRef = c.req.param('id') ?? '';
    const found = await intakeStatus(db, { way: 'opendsr', caller: controller.id, callerRef });
    return signed(c, 200, await statusBody(deps, controller.id, callerRef, found));
  });

  app.on('DELETE', byId, async (c) => {
    const { controller } = await asking(c);
    const callerRef = c.req.param('id') ?? '';
    const found = await intakeStatus(db, { way: 'opendsr', caller: controller.id, callerRef });
    if (found.status !== 'pending' && found.status !== 'cancelled') {
      throw new FichaError('too-late', `the request is ${found.status}: only one that is pending can be cancelled`);
    }
    const by = `opendsr:${controller.id}`;
    if (found.requestId === null) await db.transaction((tx) => cancelIntake(tx, found.id, by, now()));
    else if (found.status === 'pending') {
      await startRequest(deps, found.requestId); // one that waits for its start could not hear it
      const decision: Decision = { kind: 'cancelled', by };
      await deps.temporal.workflow.getHandle(workflowIdOf.request(found.requestId)).signal(decideSignal, decision);
    }
    const received = { controller_id: controller.id, subject_request_id: callerRef, received_time: now().toISOString() };
    return signed(c, 202, { ...received, api_version: '2.0' });
  });

  app.onError((error, c) => {
    if (error instanceof FichaError && error.retry === 'never') {
      const code = statusOf[error.code] ?? 400;
      const detail = { domain: 'Validation', reason: error.code, message: error.message };
      return c.json({ error: { code, message: error.message, errors: [detail] } }, code);
    }
    log.error({ err: error }, 'an OpenDSR request failed');
    return c.json({ error: { code: 500, message: 'something failed here; send it again later' } }, 500);
  });
  return app;
}
