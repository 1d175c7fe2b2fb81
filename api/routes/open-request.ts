import type { Hono } from 'hono';
import { privacyPolicy as shipped } from '../../domain/privacy/privacy-policy.ts';
import { normaliseEmail } from '../../domain/record/normalise/email.ts';
import { normalisePhone } from '../../domain/record/normalise/phone.ts';
import { FichaError } from '../../domain/record/error.ts';
import type { OpenRequest } from '../../schemas/types.ts';
import { clientsWith } from '../../store/read/subject-records.ts';
import { normalised } from '../../store/write/privacy-intake.ts';
import { openRequest } from '../../store/write/privacy-openings.ts';
import { bodyOf, type CommandDeps, type CommandEnv, demand } from '../context.ts';
import { startRequest } from '../start-request.ts';

/** A person whom a client stands for is asked for by the client: its aliases are looked for too, and its records are not overlooked. */
async function assertUnknown(db: CommandDeps['db'], lookFor: NonNullable<OpenRequest['lookFor']>): Promise<void> {
  if (lookFor.length === 0)
    throw new FichaError('bad-body', 'give "clientId", or "lookFor" for a person of whom Ficha knows nothing');
  for (const [place, { kind, value }] of lookFor.entries()) {
    const good = kind === 'email' ? normaliseEmail(value) : kind === 'phone' ? normalisePhone(value) : value;
    if (good !== undefined) continue;
    const help =
      kind === 'email'
        ? 'not an e-mail address; write the whole of it'
        : 'not a telephone number; write it with its country, as +34…';
    throw new FichaError('bad-body', `lookFor.${place}: ${help}`);
  }
  const known = await clientsWith(db, lookFor.map(normalised));
  if (known.length === 0) return;
  throw new FichaError('client-known', `a client carries what you gave; open the request for it: ${known.join(', ')}`);
}

/**
 * POST /v1/requests: opens a privacy request and starts its workflow; 202 with its id and deadline. The same asked again while it is
 * open is linked to it (`duplicate`). `workflow` says `waiting` when Temporal does not answer: it is started later by itself. With
 * identity `link`, send `identityPath` to an address on the ficha: it works once.
 */
export function openRequestRoute(app: Hono<CommandEnv>, deps: CommandDeps): void {
  const { db, keys, now, privacyPolicy = shipped } = deps;
  app.post('/v1/requests', async (c) => {
    const { subject } = demand(c, 'open-request');
    const { receivedAt, ...asked } = await bodyOf<OpenRequest>(c, 'open-request');
    const at = receivedAt ? new Date(receivedAt) : now();
    if (asked.clientId === undefined) await assertUnknown(db, asked.lookFor ?? []);
    if (at > now()) throw new FichaError('bad-body', 'receivedAt: lies in the future; say when the person asked');
    const { identityToken, ...opened } = await db.transaction((tx) =>
      openRequest(tx, keys, { ...asked, openedBy: subject, at }, privacyPolicy),
    );
    const workflow = await startRequest(deps, opened.requestId);
    return c.json(
      { ...opened, workflow, identityPath: identityToken === null ? null : `/v1/links/identity/${identityToken}` },
      202,
    );
  });
}
