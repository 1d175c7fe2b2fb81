import type { Hono } from 'hono';
import { FichaError } from '../../domain/record/error.ts';
import { normaliseEmail } from '../../domain/record/normalise/email.ts';
import type { Mailer, Sent } from '../../platform/mailer.ts';
import type { WriteToClient } from '../../schemas/types.ts';
import { clientById } from '../../store/read/clients.ts';
import { activeLinkedSystems, linkedSystemById } from '../../store/read/linked-systems.ts';
import { appendAudit } from '../../store/write/audit.ts';
import { noteContacts } from '../../store/write/contacts-made.ts';
import { dropUnsent, keepMessage, settleMessage } from '../../store/write/sent-messages.ts';
import { askBeforeSend } from '../before-send.ts';
import { bodyOf, type CommandDeps, type CommandEnv, demand } from '../context.ts';
import { sealPreferenceLink } from '../preferences/preference-link.ts';
import { footer } from '../preferences/footer.ts';

const linkDays = 90;
const dayMs = 24 * 3_600_000;

interface Letter {
  readonly order: WriteToClient;
  readonly clientId: string;
  readonly address: string;
  readonly language: string | null;
  readonly by: string;
}

async function assertMayBeSent(deps: CommandDeps, { order, clientId, address }: Letter): Promise<void> {
  const { purpose } = order;
  const consent = purpose === 'marketing' ? 'needed' : 'not-needed';
  const [answer] = await askBeforeSend(deps, [{ address, clientId }], { purpose, channel: 'email', consent });
  if (answer?.allowed === true) return;
  throw new FichaError(
    'may-not-write',
    `nothing was sent: the answer before the send is "${answer?.reason ?? 'unknown'}" (docs/how-to/record-consent.md says what each means)`,
  );
}

/** Marketing carries its way out: a line in the client's language and the headers of RFC 8058. */
function withWayOut({ keys, now, publicUrl }: CommandDeps, { order, clientId, address, language }: Letter) {
  if (order.purpose !== 'marketing') return { text: order.text, headers: {} };
  const until = new Date(now().getTime() + linkDays * dayMs).toISOString();
  const hashes = [keys.mac('suppression', `email:${address}`).toString('hex')];
  const token = sealPreferenceLink(keys, { clientId, purpose: order.purpose, channel: 'email', until, hashes });
  const headers = {
    'List-Unsubscribe': `<${publicUrl()}/u/${token}>`,
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
  };
  return { text: `${order.text}\n\n-- \n${footer(language)}\n${publicUrl()}/p/${token}\n`, headers };
}

/**
 * Your mail server, or the linked system that the order names.
 * @throws FichaError `mailer-unknown`, `mailer-takes-no-advertising`
 */
async function chosenMailer(
  { db, mailer, canSend, linkedMailer }: CommandDeps,
  order: WriteToClient,
): Promise<Pick<Mailer, 'send'>> {
  if (order.by === undefined) return mailer;
  const system = await linkedSystemById(db, order.by);
  if (system === undefined || system.state !== 'active' || !canSend(system))
    throw new FichaError('mailer-unknown', 'no linked system of this id can send; GET /v1/mailers lists those that can');
  if (order.purpose === 'marketing')
    throw new FichaError(
      'mailer-takes-no-advertising',
      'advertising goes by your mail server (FICHA_SMTP_URL): its one-click unsubscribe needs headers that this vendor drops',
    );
  return linkedMailer(system);
}

/** Hands the message over once; what was never taken may be asked for again. */
async function handOver(deps: CommandDeps, by: Pick<Mailer, 'send'>, letter: Letter): Promise<Sent> {
  const { id, subject } = letter.order;
  try {
    return await by.send({ id, to: letter.address, subject, ...withWayOut(deps, letter) });
  } catch (error) {
    await dropUnsent(deps.db, id); // nothing left: the same id may be sent later
    throw error;
  }
}

/**
 * POST /v1/messages: one e-mail to one client, through the gate before a send, kept on the timeline; 201 with what became of it. GET
 * /v1/mailers: by what it can be sent: your mail server, and linked systems that can send (not advertising).
 */
export function writeToClientRoute(app: Hono<CommandEnv>, deps: CommandDeps): void {
  const { db, keys, now } = deps;
  app.get('/v1/mailers', async (c) => {
    demand(c, 'write-to-client');
    const linked = (await activeLinkedSystems(db)).filter((system) => deps.canSend(system));
    const own = deps.mailer.kind === 'none' ? [] : [{ by: null, title: deps.mailer.kind }];
    return c.json({ mailers: [...own, ...linked.map(({ id, title }) => ({ by: id, title }))] });
  });
  app.post('/v1/messages', async (c) => {
    const { subject: by } = demand(c, 'write-to-client');
    const order = await bodyOf<WriteToClient>(c, 'write-to-client');
    const client = await clientById(db, order.clientId);
    if (client === undefined) throw new FichaError('unknown-client', 'no client has this id; `ficha client find` finds clients');
    const address = normaliseEmail(order.address)?.value ?? '';
    const language = client.golden['language'];
    const letter = { order, clientId: client.id, address, language: typeof language === 'string' ? language : null, by };
    const mailer = await chosenMailer(deps, order);
    await assertMayBeSent(deps, letter);
    const { id, purpose, subject, text } = order;
    const kept = await keepMessage(db, { id, clientId: client.id, address, purpose, subject, text, by, at: now() });
    if (kept === undefined)
      throw new FichaError('message-id-taken', 'another message has this id; make a new UUID for a new message');
    if (!kept.isNew) return c.json({ id, state: kept.state, again: true }, 200);
    const sent = await handOver(deps, mailer, letter);
    await db.transaction(async (tx) => {
      await settleMessage(tx, id, sent.state, sent.detail);
      if (sent.state !== 'refused')
        await noteContacts(tx, keys, { addresses: [{ kind: 'email', value: address }], channel: 'email', at: now() });
      const facts = { purpose, channel: 'email', state: sent.state, ...(order.by === undefined ? {} : { system: order.by }) };
      await appendAudit(tx, { actor: by, action: 'message.send', subject: client.id, facts, at: now() });
    });
    return c.json({ id, ...sent, again: false }, 201);
  });
}
