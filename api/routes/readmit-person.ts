import type { Hono } from 'hono';
import { FichaError } from '../../domain/record/error.ts';
import { normaliseEmail } from '../../domain/record/normalise/email.ts';
import { normalisePhone } from '../../domain/record/normalise/phone.ts';
import type { ReadmitPerson } from '../../schemas/types.ts';
import { normalised } from '../../store/write/privacy-intake.ts';
import { readmit } from '../../store/write/readmission.ts';
import { bodyOf, type CommandDeps, type CommandEnv, demand } from '../context.ts';

type Identifier = ReadmitPerson['identifiers'][number];

const assertReadable = ({ kind, value }: Identifier, place: number): void => {
  const good = kind === 'email' ? normaliseEmail(value) : kind === 'phone' ? normalisePhone(value) : value;
  if (good === undefined)
    throw new FichaError('bad-body', `identifiers.${place}: write the whole address, or the number with its country, as +34…`);
};

/**
 * POST /v1/readmissions: somebody who was erased became a client again by an act of their own. Lifts the tombstones of what identifies them;
 * who noted it, when and how the person said so is in the audit log.
 */
export function readmitPersonRoute(app: Hono<CommandEnv>, { db, keys, now }: CommandDeps): void {
  app.post('/v1/readmissions', async (c) => {
    const { subject: by } = demand(c, 'decide-request');
    const { identifiers, givenAt, how, proofSha256 } = await bodyOf<ReadmitPerson>(c, 'readmit-person');
    for (const [place, identifier] of identifiers.entries()) assertReadable(identifier, place);
    const at = now();
    if (new Date(givenAt) > at) throw new FichaError('bad-body', 'givenAt: lies in the future; say when the person said it');
    const proof = proofSha256 === undefined ? {} : { proofSha256 };
    const given = { identifiers: identifiers.map(normalised), givenAt: new Date(givenAt), how, by, at, ...proof };
    return c.json(await db.transaction((tx) => readmit(tx, keys, given)), 200);
  });
}
