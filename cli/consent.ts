import { type Command, Option } from 'commander';
import { addExclude } from './consent-exclude.ts';
import { addProof } from './consent-proof.ts';
import { addRetention } from './consent-retention.ts';
import { addSend } from './consent-send.ts';
import { addSpecial } from './consent-special.ts';
import { addTasks } from './consent-tasks.ts';
import { command, CommandFailed, exitCodes, type Trying } from './connection.ts';
import { doneOr, dryRunOption } from './dry-run.ts';
import { type Output, print, table } from './print.ts';
import { wholeNumber } from './whole-number.ts';

interface Answers {
  readonly allowed: number;
  readonly answers: readonly { readonly allowed: boolean; readonly reason: string }[];
}

/** `ficha consent` and what it does: note, ask, list, prove, send. */
export function addConsent(program: Command): void {
  const consent = program.command('consent').description('what people allow: note it, ask before a send, make their own link');
  addRecord(consent);
  addExclude(consent);
  addSpecial(consent);
  addProof(consent);
  addRetention(consent);
  addTasks(consent);
  addSend(consent);
  consent
    .command('check')
    .description('ask before a send whether these recipients may be written to; exit code 4 when one may not')
    .argument('<address...>', 'e-mail addresses, or telephone numbers with +prefix')
    .option('--purpose <purpose>', 'what the message is for', 'marketing')
    .option('--channel <channel>', 'email, sms, phone or messaging', 'email')
    .option('--client <client-id>', 'the client whom the message is for: no address of another client passes')
    .option('--no-consent-needed', 'the message rests on a contract or a legal duty; objections still count')
    .option('--json', 'print JSON')
    .action(async (addresses: readonly string[], options: Output & Check) => {
      const recipients = addresses.map((address) => ({ address, ...(options.client ? { clientId: options.client } : {}) }));
      const { purpose, channel } = options;
      const needed = options.consentNeeded ? 'needed' : 'not-needed';
      const asked = await command<Answers>('front-office', 'POST', '/v1/contactable', {
        purpose,
        channel,
        consent: needed,
        recipients,
      });
      const cells = asked.answers.map(({ allowed, reason }, place) => [allowed ? 'yes' : 'no', reason, addresses[place] ?? '']);
      print(options, asked, () => table(['may', 'why', 'recipient'], cells, ''));
      if (asked.allowed < addresses.length) process.exitCode = exitCodes.nothing;
    });
  consent
    .command('link')
    .description("make the link of one client's preference page, and the headers for one-click unsubscribe")
    .argument('<client-id>', 'from `ficha client find`')
    .option('--days <n>', 'how long it holds', wholeNumber(1, 400), 90)
    .option('--json', 'print JSON')
    .action(async (clientId: string, options: Output & { readonly days: number }) => {
      const made = await command<Made>('front-office', 'POST', '/v1/preference-links', { clientId, days: options.days });
      const headers = Object.entries(made.headers).map(([name, value]) => `${name}: ${value}`);
      print(options, made, () => [`page   ${made.page}`, `until  ${made.until.slice(0, 10)}`, ...headers]);
    });
}

interface Check {
  readonly purpose: string;
  readonly channel: string;
  readonly client?: string;
  readonly consentNeeded: boolean;
}

interface Made {
  readonly page: string;
  readonly until: string;
  readonly headers: Readonly<Record<string, string>>;
}

interface Said {
  readonly purpose: string;
  readonly channel: string;
  readonly how: string;
  readonly at?: string;
  readonly textVersion?: string;
  readonly language?: string;
  readonly evidence?: string;
  readonly givenBy?: string;
}

function addRecord(consent: Command): void {
  consent
    .command('record')
    .description('note what a client said about being contacted; every linked system is told')
    .argument('<client-id>', 'from `ficha client find`')
    .argument('<answer>', 'granted or denied')
    .option('--purpose <purpose>', 'what for; "*" with denied is every purpose', 'marketing')
    .option('--channel <channel>', 'email, sms, phone, post, messaging; any with denied', 'email')
    .option('--how <how>', 'telephone, in-person, letter, email or form', 'telephone')
    .option('--at <time>', 'when they said it; now when left out')
    .option('--text-version <version>', 'a yes: the text they were read')
    .option('--language <code>', 'a yes: its language')
    .option('--evidence <reference>', 'where the proof is; no personal data')
    .addOption(
      new Option(
        '--given-by <who>',
        'for a child: holder-of-parental-responsibility (GDPR art. 8); the person when left out',
      ).choices(['person', 'holder-of-parental-responsibility']),
    )
    .addOption(dryRunOption())
    .option('--json', 'print JSON')
    .action(async (clientId: string, answer: string, { json, dryRun = false, ...said }: Output & Trying & Said) => {
      if (answer === 'granted' && (said.textVersion === undefined || said.language === undefined))
        throw new CommandFailed(
          'text-missing: a yes needs --text-version and --language, of the text that was read to them: it is the proof',
          exitCodes.usage,
        );
      const body = { clientId, answer, ...said };
      const noted = await command<{ readonly recorded: boolean }>('front-office', 'POST', '/v1/consents', body, { dryRun });
      const would = noted.recorded ? 'It would be noted, and every linked system told.' : 'That was noted before.';
      print(json ? { json } : {}, noted, () =>
        doneOr({ dryRun }, would, [noted.recorded ? 'Noted; every linked system is being told.' : 'That was noted before.']),
      );
    });
}
