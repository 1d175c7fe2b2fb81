import { type Command, Option } from 'commander';
import { command, CommandFailed, exitCodes, type Trying } from './connection.ts';
import { doneOr, dryRunOption } from './dry-run.ts';
import { type Output, print } from './print.ts';

interface Opening extends Output, Trying {
  readonly receivedAt?: string;
  readonly country?: string;
  readonly identity?: string;
  readonly scope?: string;
  readonly change?: readonly string[];
  readonly email?: readonly string[];
  readonly phone?: readonly string[];
}

interface Opened {
  readonly requestId: string;
  readonly dueAt: string;
  readonly duplicate: boolean;
  readonly identityPath: string | null;
}

const corrections = (changes: readonly string[]) =>
  changes.map((text) => {
    const [, field, old, wanted] = /^([^=]{1,100})=(.*)=>(.+)$/.exec(text) ?? [];
    if (field === undefined || wanted === undefined) {
      throw new CommandFailed('bad-change: --change takes field=old=>new, e.g. "email=a@x.org=>b@x.org"', exitCodes.usage);
    }
    return { field, old: old || null, new: wanted };
  });

const whom = (clientId: string | undefined, emails: readonly string[], phones: readonly string[]) => {
  const lookFor = [...emails.map((value) => ({ kind: 'email', value })), ...phones.map((value) => ({ kind: 'phone', value }))];
  if ((clientId === undefined) === (lookFor.length === 0)) {
    throw new CommandFailed(
      'whom: name a client, or give --email or --phone of a person of whom Ficha knows nothing',
      exitCodes.usage,
    );
  }
  return clientId === undefined ? { lookFor } : { clientId };
};

/** `ficha request open`. */
export function addOpening(request: Command): void {
  request
    .command('open')
    .description('open a privacy request for one client')
    .argument('<type>', 'access, rectification, erasure, restriction, portability or objection')
    .argument('[client-id]', 'from `ficha client find`; left out for a person of whom Ficha knows nothing')
    .option('--email <address...>', 'without a client: look for these addresses in every system')
    .option('--phone <number...>', 'without a client: look for these numbers in every system')
    .option('--received-at <time>', 'when the person asked; the deadline counts from here')
    .option('--country <code>', 'whose holidays and retention rules hold; the client’s own when left out')
    .addOption(new Option('--identity <how>', 'how the person proved who they are').choices(['login', 'link', 'manual']))
    .addOption(new Option('--scope <what>', 'objection: against what').choices(['marketing', 'other']))
    .option('--change <field=old=>new...>', 'rectification: what is wrong and what it must be')
    .addOption(dryRunOption())
    .option('--json', 'print JSON')
    .action(async (type: string, clientId: string | undefined, options: Opening) => {
      const { json, dryRun = false, change, email = [], phone = [], ...given } = options;
      const body = { type, ...whom(clientId, email, phone), ...given, ...(change ? { changes: corrections(change) } : {}) };
      const opened = await command<Opened>('dpo', 'POST', '/v1/requests', body, { dryRun });
      const { requestId, dueAt, duplicate, identityPath } = opened;
      const due = dueAt.slice(0, 10);
      if (dryRun) {
        const would = duplicate ? `The same is open: ${requestId}, due ${due}.` : `It would be opened, due ${due}.`;
        const tried = { type, dueAt, duplicate, ...(duplicate ? { requestId } : {}), dryRun };
        return print(json === undefined ? {} : { json }, tried, () => doneOr({ dryRun }, would, []));
      }
      print(json === undefined ? {} : { json }, opened, () => [
        duplicate
          ? `The same was asked before and is open: ${requestId}, due ${due}. Noted there.`
          : `Opened ${requestId}, due ${due}.`,
        ...(identityPath ? [`Send this link to an address on the ficha; it works once: ${identityPath}`] : []),
        `See the plan: ficha request show ${requestId}`,
      ]);
    });
}
