import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { confirmed, type Confirming } from './confirm.ts';
import { command, CommandFailed, exitCodes, query } from './connection.ts';
import { question } from './question.ts';
import { type Output, print } from './print.ts';
import { readText } from './read-file.ts';

interface Options extends Output, Confirming {
  readonly to?: string;
  readonly purpose: 'service' | 'marketing';
  readonly subject: string;
  readonly text: string;
  readonly id?: string;
  readonly dryRun?: boolean;
}

interface Recipient {
  readonly name: string | null;
  readonly emails: readonly string[];
}

interface Gate {
  readonly answers: readonly { readonly allowed: boolean; readonly reason: string }[];
}

interface Sent {
  readonly id: string;
  readonly state: string;
  readonly detail?: string | null;
  readonly again: boolean;
}

/** `ficha client write`: one e-mail to one client, through the question before a send. */
export function addClientWrite(client: Command): void {
  client
    .command('write')
    .description('write one e-mail to one client: only to an address of theirs, only where it may go; kept on the timeline')
    .argument('<client-id>', 'from `ficha client find`')
    .requiredOption('--subject <text>')
    .requiredOption('--text <file>', 'file that holds the message, or - for the standard input')
    .option('--to <address>', 'one of their addresses; the main one when left out')
    .option('--purpose <purpose>', 'service (an order, an answer) or marketing (only with their yes)', 'service')
    .option('--id <uuid>', 'of this message, to ask for the same one again: it leaves once')
    .option('--dry-run', 'ask whether it may go, and send nothing')
    .option('--yes', 'send without asking')
    .option('--json', 'print JSON')
    .action(async (clientId: string, options: Options) => await write(clientId, options));
}

const asked = question('query ($id: ID!) { client(id: $id) { name emails } }');

async function recipientOf(clientId: string): Promise<Recipient> {
  const { client } = await query<{ readonly client: Recipient | null }>('front-office', asked, { id: clientId });
  if (client === null)
    throw new CommandFailed('no-client: no client has this id; `ficha client find` shows ids', exitCodes.nothing);
  return client;
}

async function write(clientId: string, options: Options): Promise<void> {
  const { purpose, subject } = options;
  const { name, emails } = await recipientOf(clientId);
  const address = options.to ?? emails[0];
  if (address === undefined) throw new CommandFailed('no-address: this client has no e-mail address', exitCodes.nothing);
  const text = readText(options.text);
  if (options.dryRun) return await ask(clientId, address, purpose, options);
  await confirmed(`Send "${subject}" to ${name ?? 'this client'} at ${address}?`, options);
  const body = { id: options.id ?? randomUUID(), clientId, address, purpose, subject, text };
  const sent = await command<Sent>('front-office', 'POST', '/v1/messages', body);
  print(options, sent, () => [sent.again ? `It had been sent before: ${sent.state}.` : `${wordsOf(sent)} (${sent.id})`]);
  if (sent.state !== 'sent') process.exitCode = exitCodes.failed;
}

const wordsOf = ({ state, detail }: Sent): string => {
  if (state === 'refused') return `Refused by the mail server: ${detail ?? ''}`;
  if (state !== 'sent') return 'The connection broke at the end: it may have arrived';
  return detail === 'outbox' ? 'No mail server is set: it is a file in the folder outbox' : 'Sent';
};

async function ask(clientId: string, address: string, purpose: Options['purpose'], options: Options): Promise<void> {
  const consent = purpose === 'marketing' ? 'needed' : 'not-needed';
  const recipients = [{ address, clientId }];
  const asked = await command<Gate>('front-office', 'POST', '/v1/contactable', {
    purpose,
    channel: 'email',
    consent,
    recipients,
  });
  const { allowed = false, reason = 'unknown' } = asked.answers[0] ?? {};
  print(options, { allowed, reason, dryRun: true }, () => [
    `${allowed ? 'It would be sent' : 'It would not be sent'}: ${reason}`,
  ]);
  if (!allowed) process.exitCode = exitCodes.nothing;
}
