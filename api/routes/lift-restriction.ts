import { createHash } from 'node:crypto';
import type { Hono } from 'hono';
import { noticeLanguage, noticeSubject } from '../../domain/privacy/notice.ts';
import { FichaError } from '../../domain/record/error.ts';
import { normaliseEmail } from '../../domain/record/normalise/email.ts';
import type { LiftRestriction } from '../../schemas/types.ts';
import { type HeldClient, heldBy } from '../../store/read/restriction.ts';
import { liftHold, type Notice } from '../../store/write/privacy-hold.ts';
import { bodyOf, type CommandDeps, type CommandEnv, demand } from '../context.ts';
import { noticeOf } from '../notice-of.ts';

/** The same notice of the same request has one id, so that a copy after a crash is known as one. */
function noticeId(requestId: string): string {
  const hex = createHash('sha256').update(`lifting/${requestId}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

const byLetter = 'print GET /v1/requests/:id/notices/lifting (`ficha request notice <id> lifting`), post it and give `noticeAt`';

/** The address that gets the notice: one that the client has, and nobody else. @throws FichaError `no-address-for-notice` */
function addressFor({ addresses }: HeldClient, asked: string | undefined): string {
  const wanted = asked === undefined ? addresses[0] : normaliseEmail(asked)?.value;
  if (wanted !== undefined && addresses.includes(wanted)) return wanted;
  throw new FichaError(
    'no-address-for-notice',
    `nothing was sent or lifted: the client has no such e-mail address of their own; ${byLetter}`,
  );
}

/** Sends the notice, past the gate: the law asks for it while the client is held. @throws FichaError `notice-not-sent` */
async function sendNotice(deps: CommandDeps, requestId: string, asked: string | undefined): Promise<Notice> {
  const held = await heldBy(deps.db, requestId);
  const to = addressFor(held, asked);
  const language = noticeLanguage(held.language, held.country);
  const { text } = await noticeOf(deps, requestId, 'lifting', language);
  const sent = await deps.mailer.send({ id: noticeId(requestId), to, subject: noticeSubject(language), text, headers: {} });
  if (sent.state === 'sent')
    return { at: deps.now().toISOString(), by: 'mail', digest: createHash('sha256').update(text).digest() };
  throw new FichaError(
    'notice-not-sent',
    `the mail server answered ${sent.state} (${sent.detail ?? 'no code'}): the restriction stays. Try again, or ${byLetter}`,
  );
}

/**
 * POST /v1/requests/:id/lift-restriction: tells the person by e-mail, then ends the restriction, with the proof in the audit log; nothing is
 * lifted when the mail server did not take the notice. With `noticeAt` the letter went out by post.
 * @see Regulation (EU) 2016/679, art. 18(3)
 */
export function liftRestrictionRoute(app: Hono<CommandEnv>, deps: CommandDeps): void {
  const { db, now } = deps;
  app.post('/v1/requests/:id/lift-restriction', async (c) => {
    const { subject: by } = demand(c, 'decide-request');
    const requestId = c.req.param('id');
    const { noticeAt, address } = await bodyOf<LiftRestriction>(c, 'lift-restriction');
    const notice: Notice =
      noticeAt === undefined
        ? await sendNotice(deps, requestId, address)
        : { at: new Date(noticeAt).toISOString(), by: 'letter', digest: null };
    await db.transaction((tx) => liftHold(tx, { requestId, by, notice, at: now() }));
    return c.json({ requestId, lifted: true, noticeBy: notice.by, noticeAt: notice.at }, 200);
  });
}
