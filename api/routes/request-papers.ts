import type { Context, Hono } from 'hono';
import { pageLanguages } from '../../domain/privacy/certificate-content.ts';
import { certificatePage } from '../../domain/privacy/certificate-page.ts';
import { noticeKinds, noticeLanguages } from '../../domain/privacy/notice.ts';
import { FichaError } from '../../domain/record/error.ts';
import { requiredRequest } from '../../store/read/privacy-requests.ts';
import { certificatePdf } from '../../platform/certificate-pdf.ts';
import { appendAudit } from '../../store/write/audit.ts';
import { readProof } from '../../store/write/evidence-files.ts';
import { type CommandDeps, type CommandEnv, demand } from '../context.ts';
import { noticeOf } from '../notice-of.ts';

/** One of the names, from the address. */
const oneOf = <Name extends string>(names: readonly Name[], given: string | undefined, what: string): Name | undefined => {
  if (given === undefined) return undefined;
  const found = names.find((name) => name === given);
  if (found === undefined) throw new FichaError('bad-body', `${what}: one of ${names.join(', ')}`);
  return found;
};

const fresh = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

/**
 * GET /v1/requests/:id/certificate: the signed JSON, or with ?language the page to read, with
 * ?as=pdf the PDF to file. GET /v1/requests/:id/notices/:kind: the
 * letter to the person (receipt, extension, refusal, completion, lifting of a restriction) in their language, or in ?language. GET
 * /v1/requests/:id/evidence/:evidence/file: the file that proves a manual step; the look is audited.
 */
export function requestPapersRoutes(app: Hono<CommandEnv>, deps: CommandDeps): void {
  const { db, keys, now } = deps;
  const language = (c: Context): string | undefined => c.req.query('language');
  app.get('/v1/requests/:id/certificate', async (c) => {
    demand(c, 'read-package');
    const { certificate } = await requiredRequest(db, c.req.param('id'));
    if (certificate === null) throw new FichaError('not-closed', 'this request has no certificate yet: it is not closed');
    const shown = oneOf(pageLanguages, language(c), 'language');
    const as = oneOf(['page', 'pdf'], c.req.query('as'), 'as');
    if (as === 'pdf') {
      const pdf = await certificatePdf(certificate, shown ?? 'en');
      const name = 'attachment; filename="certificate.pdf"';
      return c.body(new Uint8Array(pdf), 200, { ...fresh, 'content-type': 'application/pdf', 'content-disposition': name });
    }
    if (shown !== undefined) return c.html(certificatePage(certificate, shown), 200, fresh);
    return c.body(`${JSON.stringify(certificate, null, 2)}\n`, 200, {
      ...fresh,
      'content-type': 'application/json',
      'content-disposition': 'attachment; filename="certificate.json"',
    });
  });
  app.get('/v1/requests/:id/notices/:kind', async (c) => {
    demand(c, 'decide-request');
    const kind = oneOf(noticeKinds, c.req.param('kind'), 'notice') ?? 'receipt';
    const asked = oneOf(noticeLanguages, language(c), 'language');
    const { text, language: shown } = await noticeOf(deps, c.req.param('id'), kind, asked);
    return c.text(text, 200, { ...fresh, 'content-language': shown });
  });
  app.get('/v1/requests/:id/evidence/:evidence/file', async (c) => {
    const { subject: actor } = demand(c, 'read-package');
    const requestId = c.req.param('id');
    const { mediaType, bytes } = await db.transaction(async (tx) => {
      const proof = await readProof(tx, keys, requestId, c.req.param('evidence'));
      await appendAudit(tx, { actor, action: 'proof.read', subject: requestId, facts: {}, at: now() });
      return proof;
    });
    return c.body(new Uint8Array(bytes), 200, {
      ...fresh,
      'content-type': mediaType,
      'content-disposition': 'attachment; filename="proof"',
    });
  });
}
