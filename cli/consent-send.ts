import { createWriteStream } from 'node:fs';
import { type Command, Option } from 'commander';
import { CommandFailed, command, commandBytes, type Trying } from './connection.ts';
import { doneOr, dryRunOption } from './dry-run.ts';
import { type Output, print } from './print.ts';
import { messagesIn } from './mailbox-file.ts';
import { readBytes } from './read-file.ts';

interface AudiencePage {
  readonly allowed: readonly { readonly address: string; readonly clientIds: readonly string[] }[];
  readonly leftOut: number;
  readonly next: string | null;
}

interface Report {
  readonly found: number;
  readonly listed: number;
}

/** `ficha consent audience|mail-report`: before a mailing, and after it. */
export function addSend(consent: Command): void {
  addAudience(consent);
  addMailReport(consent);
}

interface AudienceOptions extends Output {
  readonly purpose: string;
  readonly channel: string;
  readonly out: string;
}

function addAudience(consent: Command): void {
  consent
    .command('audience')
    .description(
      'write everybody who may be contacted now, and nobody else, as CSV (address, clients); export right before sending',
    )
    .option('--purpose <purpose>', 'what the mailing is for', 'marketing')
    .addOption(new Option('--channel <channel>').choices(['email', 'sms', 'phone', 'messaging']).default('email'))
    .requiredOption('--out <file>', 'where to write it; only you may read it')
    .option('--json', 'print the counts as JSON')
    .action(async ({ purpose, channel, out, ...options }: AudienceOptions) => {
      const file = createWriteStream(out, { mode: 0o600 });
      const opened = new Promise<void>((resolve, reject) => file.once('open', () => resolve()).once('error', reject));
      await opened;
      file.write('address,clients\n');
      let [allowed, leftOut] = [0, 0];
      for (let after: string | null | undefined; after !== null; ) {
        const body = { purpose, channel, ...(after === undefined ? {} : { after }) };
        const page: AudiencePage = await command<AudiencePage>('data-team', 'POST', '/v1/audiences', body);
        for (const { address, clientIds } of page.allowed)
          file.write(`"${address.replaceAll('"', '""')}",${clientIds.join(' ')}\n`);
        [allowed, leftOut, after] = [allowed + page.allowed.length, leftOut + page.leftOut, page.next];
      }
      await new Promise<void>((resolve, reject) => file.once('error', reject).end(resolve));
      print(options, { allowed, leftOut, file: out }, () => [`${allowed} written to ${out}; ${leftOut} may not be contacted.`]);
    });
}

function addMailReport(consent: Command): void {
  consent
    .command('mail-report')
    .description('take in messages of the bounce or complaint mailbox: dead addresses, complaints and opt-outs are listed')
    .argument('<file...>', 'a message as it came (message/rfc822), or a mailbox of many (mbox); - is the standard input')
    .addOption(dryRunOption())
    .option('--json', 'print JSON')
    .action(async (files: readonly string[], options: Output & Trying) => {
      let sum: Report = { found: 0, listed: 0 };
      const messages = files.flatMap((file) =>
        messagesIn(readBytes(file)).map((body, place) => ({ file, body, number: place + 1 })),
      );
      for (const { file, body, number } of messages) {
        const one = await commandBytes<Report>('dpo', '/v1/mail-reports', { mediaType: 'message/rfc822', body }, options).catch(
          (cause: unknown) => {
            throw cause instanceof CommandFailed
              ? new CommandFailed(`${cause.message} (message ${number} of ${file}; those before it are taken in)`, cause.exitCode)
              : cause;
          },
        );
        sum = { found: sum.found + one.found, listed: sum.listed + one.listed };
      }
      const named = `${messages.length === 1 ? '1 message' : `${messages.length} messages`}: ${sum.found === 1 ? '1 address' : `${sum.found} addresses`} named, ${sum.listed}`;
      print(options, { messages: messages.length, ...sum, ...(options.dryRun ? { dryRun: true } : {}) }, () =>
        doneOr(options, `${named} would be newly listed.`, [`${named} newly listed.`]),
      );
    });
}
