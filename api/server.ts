import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { FichaError } from '../domain/record/error.ts';
import type { CommandDeps, CommandEnv } from './context.ts';
import { dryDeps, triedOnly } from './dry-run.ts';
import { askContactableRoute } from './routes/ask-contactable.ts';
import { blockedDataRoutes } from './routes/blocked-data.ts';
import { decideRequestRoute } from './routes/decide-request.ts';
import { discoverSystemRoute } from './routes/discover-system.ts';
import { documentCopyRoutes } from './routes/document-copy.ts';
import { auditRoutes } from './routes/audit.ts';
import { exportAudienceRoute } from './routes/export-audience.ts';
import { intakeRoutes } from './routes/intake.ts';
import { liftRestrictionRoute } from './routes/lift-restriction.ts';
import { linkSystemRoutes } from './routes/link-system.ts';
import { listExclusionsRoute } from './routes/list-exclusions.ts';
import { noteContactsRoute } from './routes/note-contacts.ts';
import { readProcessingRoute } from './routes/read-processing.ts';
import { readReceiptsRoute } from './routes/read-receipts.ts';
import { takeMailReportRoute } from './routes/take-mail-report.ts';
import { settleConsentTaskRoute } from './routes/settle-consent-task.ts';
import { settleRetentionRoute } from './routes/settle-retention.ts';
import { makePreferenceLinkRoute } from './routes/make-preference-link.ts';
import { lookAtSystemRoutes } from './routes/look-at-system.ts';
import { openRequestRoute } from './routes/open-request.ts';
import { readMentionsRoute } from './routes/read-mentions.ts';
import { receiveWebhookRoute } from './routes/receive-webhook.ts';
import { requestLifeRoutes } from './routes/request-life.ts';
import { packageLinkRoute, publicLinkRoutes } from './routes/request-links.ts';
import { requestPapersRoutes } from './routes/request-papers.ts';
import { readPackageRoute } from './routes/read-package.ts';
import { readMetricRoute } from './routes/read-metric.ts';
import { recordConsentRoute } from './routes/record-consent.ts';
import { runAnalyticsRoute } from './routes/run-analytics.ts';
import { runSyncRoute } from './routes/run-sync.ts';
import { settleIdentityRoutes } from './routes/settle-identity.ts';
import { settleSpecialDataRoute } from './routes/settle-special-data.ts';
import { settlePrivacyTaskRoute } from './routes/settle-privacy-task.ts';
import { readmitPersonRoute } from './routes/readmit-person.ts';
import { recipientRoutes } from './routes/recipients.ts';
import { rehearseErasureRoute } from './routes/rehearse-erasure.ts';
import { transferPackageRoute } from './routes/transfer-package.ts';
import { writeToClientRoute } from './routes/write-to-client.ts';

const statusOf: Readonly<Record<string, 400 | 401 | 403 | 404 | 409 | 503>> = {
  'issuer-unreachable': 503,
  'not-allowed': 403,
  'bad-body': 400,
  'no-dry-run': 400,
  'unknown-client': 404,
  'unknown-recipient': 404,
  'unknown-request': 404,
  'unknown-task': 404,
  'unknown-value': 404,
  'unknown-record': 404,
  'unknown-decision': 404,
  'unknown-system': 404,
  'unknown-connector': 404,
  'no-package': 404,
  'no-proof': 404,
  'unknown-document': 404,
  'no-copy': 404,
  'not-closed': 409,
  'host-not-agreed': 409,
  'not-portability': 409,
  'nobody-erased': 404,
  'consent-before-erasure': 409,
  'not-erasure': 409,
  'transfer-refused': 409,
  'transfer-unknown': 503,
  'package-not-ready': 404,
  'no-such-link': 404,
  'no-release': 404,
  'nothing-blocked': 404,
  'no-restriction': 404,
  'already-proven': 409,
  'extended-before': 409,
  'notice-not-sent': 503,
  'no-address-for-notice': 409,
  'notice-too-late': 409,
  'too-late': 409,
  'same-person': 409,
  'request-already-open': 409,
  'client-known': 409,
  'request-is-over': 409,
  'already-decided': 409,
  'already-undone': 409,
  'request-open': 409,
  'same-client': 409,
  'answer-does-not-fit': 409,
  'task-is-over': 409,
  'already-running': 409,
  'plan-changed': 409,
  'not-ready': 409,
  'client-on-hold': 409,
  'said-in-the-future': 400,
  'may-not-write': 409,
  'message-id-taken': 409,
  'no-mail-server': 409,
  'no-mail': 400,
  'mailer-unknown': 404,
  'mailer-takes-no-advertising': 409,
  'mail-unreachable': 503,
};

const limitBody = (mebibytes: number) =>
  bodyLimit({
    maxSize: mebibytes * 1024 * 1024,
    onError: (c) => c.json({ code: 'body-too-large', message: `body-too-large: at most ${mebibytes} MiB` }, 413),
  });

/**
 * The command API: small, JSON in and out, every body checked against schemas/command. A web-standard handler for /v1/*.
 * Errors are `{code, message}`; what failed here and not at the caller gets an id that the log explains. `?dryRun=true` lets a command
 * check and do everything, and keeps nothing of it.
 */
export function createCommandApi(deps: CommandDeps): Hono<CommandEnv> {
  const dry = commandRoutes(dryDeps(deps), () => undefined);
  return commandRoutes(deps, (app) =>
    app.use('/v1/*', async (c, next) =>
      c.req.query('dryRun') === 'true' ? await triedOnly(c, (request) => dry.fetch(request)) : await next(),
    ),
  );
}

/** @param before what is asked before any route, once errors have their answer */
function commandRoutes(deps: CommandDeps, before: (app: Hono<CommandEnv>) => void): Hono<CommandEnv> {
  const app = new Hono<CommandEnv>();
  before(app);
  const withFile = /^\/v1\/(privacy-tasks|documents\/[^/]+\/copy)$/; // the proof of a manual task, the copy of a document
  app.use('/v1/*', async (c, next) => await limitBody(withFile.test(c.req.path) ? 12 : 1)(c, next));
  publicLinkRoutes(app, deps);
  receiveWebhookRoute(app, deps);
  app.use('/v1/*', async (context, next) => {
    context.set('orderer', await deps.ordererOf(context.req.raw));
    await next();
  });
  for (const route of [
    askContactableRoute,
    documentCopyRoutes,
    recordConsentRoute,
    noteContactsRoute,
    listExclusionsRoute,
    settleRetentionRoute,
    settleConsentTaskRoute,
    settleSpecialDataRoute,
    exportAudienceRoute,
    takeMailReportRoute,
    readProcessingRoute,
    readReceiptsRoute,
    writeToClientRoute,
    makePreferenceLinkRoute,
    linkSystemRoutes,
    lookAtSystemRoutes,
    discoverSystemRoute,
    runSyncRoute,
    runAnalyticsRoute,
    readMetricRoute,
    openRequestRoute,
    decideRequestRoute,
    settlePrivacyTaskRoute,
    settleIdentityRoutes,
    readPackageRoute,
    auditRoutes,
    requestLifeRoutes,
    liftRestrictionRoute,
    packageLinkRoute,
    transferPackageRoute,
    recipientRoutes,
    rehearseErasureRoute,
    readmitPersonRoute,
    requestPapersRoutes,
    readMentionsRoute,
    blockedDataRoutes,
    intakeRoutes,
  ])
    route(app, deps);
  app.notFound((c) => c.json({ code: 'no-such-command', message: 'no-such-command: see docs/reference/commands.md' }, 404));
  app.onError((error, c) => {
    if (error instanceof FichaError) {
      const status = error.code.startsWith('token-') ? 401 : statusOf[error.code];
      if (status !== undefined) return c.json({ code: error.code, message: error.message }, status);
      if (error.retry === 'never') return c.json({ code: error.code, message: error.message }, 422);
    }
    const errorId = randomUUID();
    deps.log.error({ errorId, err: error }, 'a command failed');
    return c.json(
      { code: 'internal', message: `internal: something failed here; give this id to the data team: ${errorId}`, errorId },
      500,
    );
  });
  return app;
}
